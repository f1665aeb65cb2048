import { debugRunner } from '../debug.ts';
import { exitReason } from './exit-reason.ts';
import type { StopAs } from '../../common/status.ts';
import type { Stop } from '../run/stop.ts';
import type { LostRun } from './lost-run.ts';
import { startRunner, type Runner, type RunnerExit, type RunnerInput } from './parent.ts';
import type { FromRunner, Problem, RunnerTask } from './protocol.ts';

/** The engine gives a file 30 s to load; a process that has not loaded it by then is stuck. */
const BEGIN_WITHIN_MS = 35_000;
/** Steps in flight have five seconds to end after a stop; a process that is still there after this will not end by itself. */
const KILL_AFTER_MS = 8_000;
/** For a process that has sent its last message. */
const LEAVE_WITHIN_MS = 3_000;

const TOO_SLOW = 'its process was ended because a step did not stop in time';
const NOT_WAITED_FOR = 'its process was ended before its steps had finished';

export type RunTask = Exclude<RunnerTask, { kind: 'inspect' | 'probe' }>;
export type Started = Extract<FromRunner, { type: 'started' }>;

/** How a supervised run came to its end. What it came to is in the store. */
export type RunEnd =
  | { readonly kind: 'ended' }
  /** Its process ended without saying how: see `recordLostRun`. */
  | ({ readonly kind: 'lost'; readonly problem: Problem | undefined } & LostRun);

export interface Supervision {
  readonly task: RunTask;
  /** @default 'none' */
  readonly stdin?: RunnerInput | undefined;
  /** Starts the process; the host's asks first whether the folder is trusted. @default startRunner */
  readonly start?: typeof startRunner;
  /** Its process has been started; the run has not begun yet. */
  readonly onSpawned?: (run: SupervisedRun) => void;
  readonly killAfterMs?: number | undefined;
  /** Hears what its process tells before the run has begun: what the file logs while it loads. */
  readonly onLoading?: (message: FromRunner) => void;
  /** The run has begun: the function it returns hears all that follows, from this message on. */
  readonly onStarted: (run: SupervisedRun, message: Started) => (message: FromRunner) => void;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

export type Beginning =
  | { readonly ok: true; readonly run: SupervisedRun; readonly started: Started }
  /** `stop` is what it was asked before it had begun; undefined when it did not begin for reasons of its own. */
  | { readonly ok: false; readonly problem: Problem; readonly stop?: StopAs };

/** Has a runner do a task. Resolves when the run has begun, or with why it did not. Rejects where the folder is not trusted. */
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
  #owner = '';
  #stop: Stop | undefined;

  constructor(supervision: Supervision, begun: (beginning: Beginning) => void) {
    this.done = this.#end.promise;
    this.#supervision = supervision;
    this.#begun = begun;
    this.#listener = supervision.onLoading;
    this.#runner = (supervision.start ?? startRunner)(
      supervision.task,
      {
        onMessage: message => this.#hear(message),
        onExit: exit => this.#ended(exit),
        ...(supervision.onOutput && { onOutput: supervision.onOutput }),
      },
      supervision.stdin,
    );
    supervision.onSpawned?.(this);
    this.#killIn(BEGIN_WITHIN_MS, `it did not begin within ${BEGIN_WITHIN_MS / 1000} s`);
  }

  /** Its number; it has begun. */
  get run(): number {
    return this.#run ?? 0;
  }

  /** What it was asked to end as, if it was. */
  get stopping(): StopAs | undefined {
    return this.#stop?.as;
  }

  /** Asks it to stop; ends its process when that is not done in time. */
  stop(as: StopAs, reason: string): void {
    if (this.#stop !== undefined) return;
    debugRunner('ask %d to stop as %s: %s', this.#runner.pid, as, reason);
    this.#stop = { as, reason };
    this.#runner.stop(as, reason);
    this.#killIn(this.#supervision.killAfterMs ?? KILL_AFTER_MS, TOO_SLOW);
  }

  /** Ends its process at once, and whatever its steps have started. */
  kill(): void {
    this.#killNow(NOT_WAITED_FOR);
  }

  setConcurrency(node: string, value: number): void {
    this.#runner.setConcurrency(node, value);
  }

  #hear(message: FromRunner): void {
    switch (message.type) {
      case 'loaded':
        if (this.#stop === undefined) clearTimeout(this.#killTimer);
        break;
      case 'started':
        if (this.#run !== undefined) return;
        debugRunner('%d works on run %d', this.#runner.pid, message.run);
        if (this.#stop === undefined) clearTimeout(this.#killTimer);
        this.#run = message.run;
        this.#owner = message.owner;
        this.#listener = this.#supervision.onStarted(this, message);
        this.#begun({ ok: true, run: this, started: message });
        break;
      case 'refused':
        debugRunner('%d refuses: %s: %s', this.#runner.pid, message.problem.name, message.problem.message);
        this.#problem = message.problem;
        this.#killIn(LEAVE_WITHIN_MS, message.problem.message);
        break;
      case 'ending':
        if (this.#stop) this.#killIn(this.#supervision.killAfterMs ?? KILL_AFTER_MS, TOO_SLOW);
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
    const stop = this.#stop;
    const reason = this.#problem?.message ?? this.#killedBecause ?? exitReason(exit);
    // After a run has begun and ended, neither of these says anything new.
    this.#begun(
      this.#problem === undefined && stop !== undefined
        ? { ok: false, problem: STOPPED_BEFORE, stop: stop.as }
        : { ok: false, problem: this.#problem ?? notStarted(reason) },
    );
    // Not when it says that it has ended: what it wrote past `console` comes by another way, and may come after that.
    this.#end.resolve(
      this.#hasEnded ? { kind: 'ended' } : { kind: 'lost', reason, owner: this.#owner, stop, problem: this.#problem },
    );
  }

  #killIn(ms: number, why: string): void {
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.#killNow(why), ms);
  }

  #killNow(why: string): void {
    debugRunner('kill %d: %s', this.#runner.pid, why);
    this.#killedBecause ??= why;
    this.#runner.kill();
  }
}

const STOPPED_BEFORE: Problem = {
  name: 'StoppedError',
  message: 'The run was stopped before it began. Nothing was done.',
};

function notStarted(reason: string): Problem {
  return { name: 'RunnerError', message: `The run did not start: ${reason}.` };
}
