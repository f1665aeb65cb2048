import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { ownPlace, parsePlacedStart, placedStart, whereabouts, type ProcessPlace } from './process-place.ts';
import { processExists } from './process-exists.ts';
import { isSlowToAsk, startOf, type ProcessSource, type ProcessStart } from './process-start.ts';
import { StartAnswers } from './start-answers.ts';

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
  runLater: (program, args, env, told) => {
    const options = { env, encoding: 'utf8', timeout: ANSWER_WITHIN_MS, windowsHide: true } as const;
    const child = execFile(program, args, options, (error, output) => told(error ? undefined : output));
    // A command that has nothing else to do does not wait for it.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
  },
  now: () => performance.now(),
};

/** Tells processes from later ones with the same number, and asks the system no more often than it has to. */
export class ProcessIdentities {
  readonly #source: ProcessSource;
  readonly #answers: StartAnswers;
  /** A process does not start twice. */
  readonly #own = new Map<number, ProcessIdentity>();

  /** Where this process is, on Linux. */
  #place: { readonly own: ProcessPlace | undefined } | undefined;

  constructor(source: ProcessSource = system) {
    this.#source = source;
    this.#answers = new StartAnswers(source);
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
    const start = isSlow && ask !== 'again' ? this.#answers.of(identity.pid) : startOf(identity.pid, this.#source);
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
}

function compared(start: ProcessStart, born: string): Verdict {
  if (start.kind === 'unknown') return 'unknown';
  return start.kind === 'started' && start.at === born ? 'same' : 'gone';
}

export const processes = new ProcessIdentities();

export function identityOf(pid: number): ProcessIdentity {
  return processes.of(pid);
}
