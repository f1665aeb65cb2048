import { fingerprintOf } from '../../../common/fingerprint.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import type { Answer, ProbedItems } from '../../run/probe/answer.ts';
import { exitReason } from '../exit-reason.ts';
import type { Runner, RunnerExit, startRunner } from '../parent.ts';
import type { FromRunner, ProbeRequest, ProbeTask, Problem } from '../protocol.ts';

/** The engine gives a file 30 s to load; a process that has not loaded it by then is stuck. */
const READY_WITHIN_MS = 35_000;

/** The name of the error of a probe that took too long. */
export const TIMEOUT = 'ProbeTimeout';

export type DebuggerNews = Extract<FromRunner, { type: 'debugger' | 'attached' }>;
export type Probing = Extract<FromRunner, { type: 'probing' }>;

/** Why a batch cannot be probed. */
export class NotProbed extends Error {
  override readonly name = 'NotProbed';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A process in which a batch is probed, for its parent. It ends with the first probe that takes too long, or by itself. */
export class ProbeProcess {
  readonly #loaded = Promise.withResolvers<void>();
  readonly #runner: Runner;
  readonly #timer: NodeJS.Timeout;
  #waiting: PromiseWithResolvers<FromRunner> | undefined;
  #problem: Problem | undefined;
  #onNews: ((news: DebuggerNews) => void) | undefined;
  #isOver = false;
  #scope: number | undefined;

  constructor(task: ProbeTask, start: typeof startRunner) {
    // Whoever needs it awaits it; a process that was started ahead may never be needed.
    this.#loaded.promise.catch(() => undefined);
    this.#timer = setTimeout(() => this.end(), READY_WITHIN_MS);
    this.#runner = start(task, {
      onMessage: message => this.#hear(message),
      onExit: exit => this.#ended(exit),
    });
  }

  /** Whether it can answer no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The batch that is open in it. */
  get scope(): number | undefined {
    return this.#scope;
  }

  /** Opens a batch. @throws NotProbed */
  async open(scope: number): Promise<Probing> {
    await this.#loaded.promise;
    try {
      const message = await this.#ask({ type: 'open', scope });
      if (message.type !== 'probing') throw new NotProbed(unexpected(message));
      this.#scope = scope;
      return message;
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      throw new NotProbed(this.#problem ?? notLoaded(error.message));
    }
  }

  /** Executes the body over items. A process that ends at it, or takes longer than `limitMs`, has run out of time or memory. */
  async probe(items: ProbedItems, instrumented: boolean, limitMs: number, values = false): Promise<Answer> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.end();
    }, limitMs);
    try {
      const message = await this.#ask({ type: 'probe', items, instrumented, values });
      if (message.type === 'probed') return message.answer;
      throw new NotProbed(unexpected(message));
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      const problem = this.#problem;
      if (problem) throw new NotProbed(problem);
      return {
        passed: false,
        isExhausted: true,
        error: isLate ? ownError(TIMEOUT, `It took longer than ${Math.round(limitMs)} ms`) : endedError(error),
      };
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Executes the body with a debugger, without a limit of time. A process that ends at it has failed.
   * @param items All without
   */
  async debug(
    items: readonly number[] | undefined,
    step: string | undefined,
    onNews: (news: DebuggerNews) => void,
  ): Promise<Answer> {
    this.#onNews = onNews;
    try {
      const message = await this.#ask({ type: 'debug', items, step });
      if (message.type === 'probed') return message.answer;
      throw new NotProbed(unexpected(message));
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      if (this.#problem) throw new NotProbed(this.#problem);
      return { passed: false, isExhausted: true, error: endedError(error) };
    }
  }

  async labels(items: readonly number[]): Promise<readonly (string | undefined)[]> {
    const message = await this.#ask({ type: 'labels', items });
    if (message.type === 'labelled') return message.labels;
    throw new NotProbed(unexpected(message));
  }

  /** What a test needs to execute the body over items. @throws NotProbed */
  async inputs(items: ProbedItems): Promise<Extract<FromRunner, { type: 'inputs' }>> {
    const message = await this.#ask({ type: 'inputs', items });
    if (message.type === 'inputs') return message;
    throw new NotProbed(unexpected(message));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
    this.#runner.kill();
  }

  async #ask(request: ProbeRequest): Promise<FromRunner> {
    if (this.#isOver) throw new Ended('it was not there any more');
    this.#waiting = Promise.withResolvers();
    this.#runner.ask(request);
    return await this.#waiting.promise;
  }

  #hear(message: FromRunner): void {
    switch (message.type) {
      case 'loaded':
        clearTimeout(this.#timer);
        this.#loaded.resolve();
        break;
      case 'refused':
        // A process that has not been asked anything has refused its task, and ends.
        if (this.#waiting) this.#waiting.reject(new NotProbed(message.problem));
        else this.#problem = message.problem;
        break;
      case 'debugger':
      case 'attached':
        this.#onNews?.(message);
        break;
      case 'probing':
      case 'probed':
      case 'labelled':
      case 'inputs':
        this.#waiting?.resolve(message);
        this.#waiting = undefined;
        break;
      default:
        break;
    }
  }

  #ended(exit: RunnerExit): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
    const reason = exitReason(exit);
    this.#loaded.reject(new NotProbed(this.#problem ?? notLoaded(reason)));
    this.#waiting?.reject(new Ended(reason));
    this.#waiting = undefined;
  }
}

/** The process has ended without an answer. */
class Ended extends Error {}

function notLoaded(reason: string): Problem {
  return {
    name: 'RunnerError',
    message: `The workflow could not be loaded to look for items at fault: ${reason}.`,
  };
}

function endedError(error: Ended): StoredError {
  return ownError('ProcessEnded', `Its process has ended: ${error.message}`);
}

function ownError(name: string, message: string): StoredError {
  return { name, message, fingerprint: fingerprintOf({ name, message }) };
}

function unexpected({ type }: FromRunner): Problem {
  return { name: 'RunnerError', message: `The process answered a probe with ${type}. This is a defect of Cronflow.` };
}
