import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { ownPlace, parsePlacedStart, placedStart, whereabouts, type ProcessPlace } from './process-place.ts';
import { processExists } from './process-exists.ts';
import { isSlowToAsk, startOf, type ProcessSource, type ProcessStart } from './process-start.ts';

/** Enough to tell whether a process that wrote its identity into a store is still the same and alive. */
export interface ProcessIdentity {
  readonly pid: number;
  /**
   * When it started, in the system's own terms, and on Linux also where: numbers are counted anew in each container.
   * Undefined where the system does not tell.
   */
  readonly born: string | undefined;
  readonly host: string;
}

/**
 * - `same`: it is alive. - `gone`: it has ended; its number may be another process's. - `unknown`: this cannot be told
 * from here. It may be in another container, or on another machine.
 */
export type Verdict = 'same' | 'gone' | 'unknown';

/** How long an answer counts where asking is slow. Whoever is about to end a process asks anew. */
const ANSWER_COUNTS_MS = 10_000;
const MOST_ANSWERS = 1_000;
const ANSWER_WITHIN_MS = 5_000;

const system: ProcessSource = {
  platform: process.platform,
  env: process.env,
  exists: processExists,
  readFile: file => readFileSync(file, 'utf8'),
  readLink: file => readlinkSync(file),
  run: (program, args, env) =>
    execFileSync(program, args, {
      env,
      encoding: 'utf8',
      timeout: ANSWER_WITHIN_MS,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  now: () => performance.now(),
};

/** Tells processes from later ones with the same number, and asks the system no more often than it has to. */
export class ProcessIdentities {
  readonly #source: ProcessSource;
  readonly #answers = new Map<number, { readonly start: ProcessStart; readonly at: number }>();
  /** A process does not start twice. */
  readonly #own = new Map<number, ProcessIdentity>();

  /** Where this process is, on Linux. */
  #place: { readonly own: ProcessPlace | undefined } | undefined;

  constructor(source: ProcessSource = system) {
    this.#source = source;
  }

  /** The identity of a process that is there: of this one, or of one that this one has started. */
  of(pid: number): ProcessIdentity {
    const known = this.#own.get(pid);
    if (known) return known;
    const start = startOf(pid, this.#source);
    const born = start.kind === 'started' ? this.#born(start.at) : undefined;
    const identity = { pid, born, host: hostname() };
    if (pid === process.pid && identity.born !== undefined) this.#own.set(pid, identity);
    return identity;
  }

  /**
   * Whether a process is still there.
   * @param ask `again`: by no answer from before. `if-silent`: the process has given a sign of life since it was last
   * asked about, so that where asking is slow its number is enough.
   */
  check(identity: ProcessIdentity, ask: 'again' | 'now-and-then' | 'if-silent' = 'now-and-then'): Verdict {
    if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return 'unknown';
    if (this.#source.platform === 'linux') return this.#checkOnLinux(identity);
    const { host, born } = identity;
    // On Linux a place is noted with the start: a container on this machine sees itself as one of that name.
    if (host !== hostname() || (born !== undefined && parsePlacedStart(born))) return 'unknown';
    if (!this.#source.exists(identity.pid)) return 'gone';
    const isSlow = isSlowToAsk(this.#source.platform);
    if (isSlow && ask === 'if-silent') return 'same';
    // Nothing to compare with, whatever the answer.
    if (born === undefined) return 'unknown';
    const start = isSlow && ask !== 'again' ? this.#recent(identity.pid) : startOf(identity.pid, this.#source);
    return compared(start, born);
  }

  /** A host name proves nothing here: containers are copies of each other, and a laptop is renamed by its network. */
  #checkOnLinux({ pid, born }: ProcessIdentity): Verdict {
    const placed = born === undefined ? undefined : parsePlacedStart(born);
    const own = this.#ownPlace();
    if (!placed || !own) return 'unknown';
    switch (whereabouts(placed.place, own)) {
      case 'elsewhere':
        return 'unknown';
      case 'before-restart':
        return 'gone';
      case 'here':
        return this.#source.exists(pid) ? compared(startOf(pid, this.#source), placed.start) : 'gone';
    }
  }

  #born(start: string): string | undefined {
    if (this.#source.platform !== 'linux') return start;
    const own = this.#ownPlace();
    return own && placedStart(start, own);
  }

  /** A process stays where it is. */
  #ownPlace(): ProcessPlace | undefined {
    this.#place ??= { own: ownPlace(this.#source) };
    return this.#place.own;
  }

  #recent(pid: number): ProcessStart {
    const now = this.#source.now();
    const answer = this.#answers.get(pid);
    if (answer && now - answer.at < ANSWER_COUNTS_MS) return answer.start;
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    const start = startOf(pid, this.#source);
    this.#answers.set(pid, { start, at: now });
    return start;
  }
}

function compared(start: ProcessStart, born: string): Verdict {
  if (start.kind === 'unknown') return 'unknown';
  return start.kind === 'started' && start.at === born ? 'same' : 'gone';
}

export const processes = new ProcessIdentities();

export function identityOf(pid: number): ProcessIdentity {
  return processes.of(pid);
}
