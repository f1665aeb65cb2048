import { exitReason } from './exit-reason.ts';
import { startRunner, type Runner, type RunnerExit } from './parent.ts';
import type { FromRunner, RunnerTask } from './protocol.ts';
import type { Problem } from './protocol.ts';

/** The engine gives a file 30 s to load; a process that has not got anywhere by then is stuck before it. */
const BEGIN_WITHIN_MS = 35_000;
/** Steps in flight have five seconds to end after a stop; a process that is still there after this is not going to. */
const KILL_AFTER_MS = 8_000;
/** A process that has said its last word. */
const LEAVE_WITHIN_MS = 3_000;

export type RunTask = Exclude<RunnerTask, { kind: 'inspect' }>;
export type StopAs = 'cancelled' | 'paused' | 'interrupted';

/** How a supervised run came to its end. */
export type RunEnd =
  | { readonly kind: 'ended' }
  /** Its process ended without saying how. `owner` is its number. */
  | { readonly kind: 'lost'; readonly reason: string; readonly owner: number | undefined };

export interface Supervision {
  readonly task: RunTask;
  /** Its process has been started; the run has not begun yet. */
  readonly onSpawned?: (run: SupervisedRun) => void;
  readonly killAfterMs?: number | undefined;
  /** The run has begun: what it gives hears all that follows, from this message on. */
  readonly onStarted: (
    run: SupervisedRun,
    message: Extract<FromRunner, { type: 'started' }>,
  ) => (message: FromRunner) => void;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

export type Beginning =
  | { readonly ok: true; readonly run: SupervisedRun }
  | { readonly ok: false; readonly problem: Problem };

/** Has a runner do a task. Resolves when the run has begun, or with why it did not. */
export function supervise(supervision: Supervision): Promise<Beginning> {
  return new Promise(resolve => new SupervisedRun(supervision, resolve));
}

/** A run that a process of ours works on. */
export class SupervisedRun {
  readonly done: Promise<RunEnd>;
  readonly #supervision: Supervision;
  readonly #runner: Runner;
  readonly #begun: (beginning: Beginning) => void;
  readonly #end = Promise.withResolvers<RunEnd>();
  #listener: ((message: FromRunner) => void) | undefined;
  #problem: Problem | undefined;
  #hasEnded = false;
  #killTimer: NodeJS.Timeout | undefined;
  #killedBecause: string | undefined;
  #run: number | undefined;
  /** What was asked of it last. */
  stopping: StopAs | undefined;

  constructor(supervision: Supervision, begun: (beginning: Beginning) => void) {
    this.done = this.#end.promise;
    this.#supervision = supervision;
    this.#begun = begun;
    this.#runner = startRunner(supervision.task, {
      onMessage: message => this.#hear(message),
      onExit: exit => this.#ended(exit),
      ...(supervision.onOutput && { onOutput: supervision.onOutput }),
    });
    supervision.onSpawned?.(this);
    this.#killIn(BEGIN_WITHIN_MS, `it did not begin within ${BEGIN_WITHIN_MS / 1000} s`);
  }

  /** Its number; it has begun. */
  get run(): number {
    return this.#run ?? 0;
  }

  /** Asks it to stop; ends its process when that is not done in time. */
  stop(as: StopAs, reason: string): void {
    if (this.stopping !== undefined) return;
    this.stopping = as;
    this.#runner.stop(as, reason);
    this.#killIn(
      this.#supervision.killAfterMs ?? KILL_AFTER_MS,
      'a step did not stop in time, and so its process was ended',
    );
  }

  setConcurrency(node: string, value: number): void {
    this.#runner.setConcurrency(node, value);
  }

  #hear(message: FromRunner): void {
    switch (message.type) {
      case 'started':
        if (this.#run !== undefined) return;
        clearTimeout(this.#killTimer);
        this.#run = message.run;
        this.#listener = this.#supervision.onStarted(this, message);
        this.#begun({ ok: true, run: this });
        break;
      case 'refused':
        this.#problem = message.problem;
        this.#killIn(LEAVE_WITHIN_MS, message.problem.message);
        break;
      case 'ended':
        this.#hasEnded = true;
        this.#killIn(LEAVE_WITHIN_MS, 'it did not leave');
        break;
      default:
        break;
    }
    this.#listener?.(message);
  }

  #ended(exit: RunnerExit): void {
    clearTimeout(this.#killTimer);
    if (this.#run === undefined && this.stopping !== undefined)
      this.#problem ??= { name: 'StoppedError', message: 'It was stopped before the run had begun: nothing was done.' };
    const reason = this.#problem?.message ?? this.#killedBecause ?? exitReason(exit);
    // After a run has begun and ended, neither of these says anything new.
    this.#begun({
      ok: false,
      problem: this.#problem ?? { name: 'RunnerError', message: `The run did not start: ${reason}.` },
    });
    // Not when it says that it has ended: what it wrote past `console` comes by another way, and may come after that.
    this.#end.resolve(this.#hasEnded ? { kind: 'ended' } : { kind: 'lost', reason, owner: this.#runner.pid });
  }

  #killIn(ms: number, why: string): void {
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => {
      this.#killedBecause = why;
      this.#runner.kill();
    }, ms);
  }
}
