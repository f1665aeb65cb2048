import type { Answer, Probe, ProbedItems } from '../../run/probe/answer.ts';
import { SearchStopped } from '../../run/probe/find-items.ts';
import type { startRunner } from '../parent.ts';
import type { FromRunner, ProbeTask } from '../protocol.ts';
import { ProbeProcess, TIMEOUT, type Probing } from './probe-process.ts';

/** So many processes are started before they are needed, where each is for one probe. */
const AHEAD = 2;

export interface ProbeProcessesOf {
  readonly task: ProbeTask;
  readonly start: typeof startRunner;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * The processes in which batches of a run are probed, one batch after the other: one for searches, one for the last word on
 * what they have found, and, for a body that keeps something from one probe to the next, one for each probe.
 */
export class ProbeProcesses {
  readonly #of: ProbeProcessesOf;
  #search: ProbeProcess | undefined;
  #last: ProbeProcess | undefined;
  #ahead: ProbeProcess[] = [];
  #scope = 0;
  #limitMs = 0;
  #deadline = Infinity;

  constructor(of: ProbeProcessesOf) {
    this.#of = of;
    // Both are needed, and take the longest to start.
    this.#search = this.#start();
    this.#last = this.#start();
    of.signal.addEventListener('abort', () => this.end());
  }

  /** Begins with another batch. @param limitMs The longest time for one probe. @throws NotProbed */
  async open(scope: number, limitMs: number): Promise<Probing> {
    this.#scope = scope;
    this.#limitMs = limitMs;
    this.#deadline = Infinity;
    this.#search = usable(this.#search) ?? this.#start();
    return await this.#search.open(scope);
  }

  /** No probe goes on after this. */
  setDeadline(deadline: number): void {
    this.#deadline = deadline;
  }

  readonly inOne: Probe = (items, instrumented) => this.#probe(this.#searching(), items, instrumented);

  /** With what the failing line names. */
  readonly withValues = (items: readonly number[]): Promise<Answer> =>
    this.#probe(this.#searching(), items, false, true);

  /** Over values in place of items. */
  readonly ofValue = (items: ProbedItems): Promise<Answer> => this.#probe(this.#searching(), items, false);

  readonly control = (): Promise<Answer> => this.#probe(this.#searching(), 'control', false);

  /** In a process that has executed nothing for the search. */
  readonly fresh: Probe = (items, instrumented) => this.#probe(this.#fresh(), items, instrumented);

  readonly freshControl = (): Promise<Answer> => this.#probe(this.#fresh(), 'control', false);

  /** Each in a process of its own. */
  readonly inOwn: Probe = async (items, instrumented) => {
    while (this.#ahead.length < AHEAD) this.#ahead.push(this.#start());
    const own = this.#ahead.shift() ?? this.#start();
    try {
      return await this.#probe(own, items, instrumented);
    } finally {
      own.end();
    }
  };

  async labels(items: readonly number[]): Promise<readonly (string | undefined)[]> {
    if (items.length === 0) return [];
    const by = this.#searching();
    if (by.scope !== this.#scope) await by.open(this.#scope);
    return await by.labels(items);
  }

  /** What a test needs to execute the body as these probes have. @throws NotProbed */
  async inputs(items: ProbedItems): Promise<Extract<FromRunner, { type: 'inputs' }>> {
    const by = this.#searching();
    if (by.scope !== this.#scope) await by.open(this.#scope);
    return await by.inputs(items);
  }

  /** What has executed something is not used for the next batch: it may have kept something. */
  renew(): void {
    this.end();
  }

  end(): void {
    for (const started of [this.#search, this.#last, ...this.#ahead]) started?.end();
    this.#ahead = [];
  }

  #searching(): ProbeProcess {
    this.#search = usable(this.#search) ?? this.#start();
    return this.#search;
  }

  #fresh(): ProbeProcess {
    this.#last = usable(this.#last) ?? this.#start();
    return this.#last;
  }

  #start(): ProbeProcess {
    return new ProbeProcess(this.#of.task, this.#of.start);
  }

  /** @throws SearchStopped when the search is stopped, or its time is over, before there is an answer */
  async #probe(by: ProbeProcess, items: ProbedItems, instrumented: boolean, values = false): Promise<Answer> {
    const { now, signal } = this.#of;
    try {
      if (by.scope !== this.#scope) await by.open(this.#scope);
      const left = Math.max(1, this.#deadline - now());
      const answer = await by.probe(items, instrumented, Math.min(this.#limitMs, left), values);
      const isCut = left < this.#limitMs && !answer.passed && answer.error.name === TIMEOUT;
      if (signal.aborted || isCut) throw new SearchStopped();
      return answer;
    } catch (error) {
      // The process was ended for it.
      throw signal.aborted ? new SearchStopped() : error;
    }
  }
}

function usable(started: ProbeProcess | undefined): ProbeProcess | undefined {
  return started?.isOver === false ? started : undefined;
}
