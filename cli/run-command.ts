import { systemClock } from '../engine/run/clock.ts';
import { requireRun } from '../engine/run/execute.ts';
import { resultOf, storedSummary } from '../engine/store/stored-summary.ts';
import type { RunSummary } from '../common/run-summary.ts';
import { exitReason } from '../engine/runner/exit-reason.ts';
import { startRunner, type Runner, type RunnerExit } from '../engine/runner/parent.ts';
import type { FromRunner, Problem, RunnerTask } from '../engine/runner/protocol.ts';
import { cancelAtRest } from '../engine/store/cancel.ts';
import { openStore, StoreError, storeError } from '../engine/store/open.ts';
import { storeReplaced } from '../engine/store/file-identity.ts';
import { readRun, recordLoss } from '../engine/store/runs.ts';
import type { RunStatus } from '../common/status.ts';
import { asTyped } from './hints.ts';
import { summaryEvent, toJson } from './json.ts';
import { PlainView, type LiveView } from './live-view.ts';
import { reportText, summaryText } from './summary-view.ts';
import { clip, safe } from '../common/safe-text.ts';

export const EXIT_CODES: Readonly<Record<RunStatus, number>> = {
  completed: 0,
  failed: 1,
  interrupted: 3,
  paused: 3,
  running: 3,
  cancelled: 130,
};
export const EXIT_USAGE = 2;

/** Steps in flight have five seconds to end after a stop; a process that is still there after this is not going to. */
const KILL_AFTER_MS = 8_000;
/** `timeout`, npm and shells pass one signal on twice; a hand that presses Ctrl-C again is slower. */
const SAME_SIGNAL_MS = 250;

const STOPPED_BY_HAND = 'it was stopped with Ctrl-C';
const LONGEST_LINE = 2_000;
/** How the reports begin that V8 and Node write before they abort. */
const CRASH = /<--- Last few GCs --->|FATAL ERROR: |----- Native stack trace -----/;

interface Task {
  readonly task: Exclude<RunnerTask, { kind: 'inspect' }>;
  readonly json: boolean;
}

/** Has a runner do a task, shows how it goes, and returns the exit code. */
export async function supervise(task: Task): Promise<number> {
  // What draws on terminals takes a quarter of the time in which a command starts: it is loaded where there is one.
  const isTerminal = process.stderr.isTTY && !task.json;
  const view = isTerminal ? new (await import('./terminal-view.ts')).TerminalView() : new PlainView();
  return await new Supervisor(task, view).run();
}

class Supervisor {
  readonly #task: Task['task'];
  readonly #json: boolean;
  readonly #view: LiveView;
  #runner: Runner | undefined;
  #started: Extract<FromRunner, { type: 'started' }> | undefined;
  #summary: Omit<RunSummary, 'state' | 'output'> | undefined;
  #problem: Problem | undefined;
  /** When the first signal came, in milliseconds of this process. */
  #stoppingSince: number | undefined;
  #stopAs: 'cancelled' | 'interrupted' | undefined;
  #crashing = false;
  #killTimer: NodeJS.Timeout | undefined;

  constructor({ task, json }: Task, view: LiveView) {
    this.#task = task;
    this.#json = json;
    this.#view = view;
  }

  async run(): Promise<number> {
    const stopListening = this.#listenToSignals();
    try {
      return this.#report(await this.#untilExit());
    } finally {
      stopListening();
      clearTimeout(this.#killTimer);
    }
  }

  #untilExit(): Promise<RunnerExit> {
    return new Promise(resolve => {
      this.#runner = startRunner(this.#task, {
        onMessage: message => this.#hear(message),
        onOutput: text => this.#pass(text),
        onExit: resolve,
      });
    });
  }

  /** What the author's code writes past `console`; not what V8 and Node say of themselves when they crash, which no author can read. */
  #pass(text: string): void {
    if (this.#summary !== undefined || this.#crashing) return;
    const crash = text.search(CRASH);
    this.#crashing = crash >= 0;
    const said = safe(this.#crashing ? text.slice(0, crash) : text).trimEnd();
    if (said === '') return;
    this.#view.note(
      said
        .split('\n')
        .map(line => clip(line, LONGEST_LINE))
        .join('\n'),
    );
  }

  /** The first signal lets steps in flight end; a second one does not wait for them. */
  #listenToSignals(): () => void {
    const onSignal = (signal: NodeJS.Signals) => {
      if (this.#stoppingSince !== undefined) {
        if (performance.now() - this.#stoppingSince > SAME_SIGNAL_MS) this.#runner?.kill();
        return;
      }
      this.#stoppingSince = performance.now();
      const [as, reason] =
        signal === 'SIGINT'
          ? (['cancelled', STOPPED_BY_HAND] as const)
          : (['interrupted', `the command line was ended with ${signal}`] as const);
      this.#stopAs = as;
      this.#runner?.stop(as, reason);
      if (!this.#json && this.#started)
        this.#view.note(
          signal === 'SIGINT'
            ? 'Stopping: waiting for steps in flight. Press Ctrl-C again to end them.'
            : 'Stopping at the next checkpoints.',
        );
      this.#killTimer = setTimeout(() => this.#runner?.kill(), KILL_AFTER_MS);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  }

  #hear(message: FromRunner): void {
    switch (message.type) {
      case 'started':
        this.#started = message;
        if (this.#json)
          this.#print({
            event: 'started',
            run: String(message.run),
            workflow: message.graph.id,
            ...(message.report && { rerun: message.report }),
          });
        else {
          this.#view.started(message.graph, message.run);
          if (message.report) this.#view.note(reportText(message.report, message.graph));
        }
        return;
      case 'progress':
        if (this.#json) this.#print({ event: 'progress', ...message.counts });
        else this.#view.progress(message.counts);
        return;
      case 'logs':
        if (this.#json) this.#printLogs(message);
        else this.#view.logs(message.lines, message.dropped);
        return;
      case 'ended':
        this.#summary = message.summary;
        return;
      case 'refused':
        this.#problem = message.problem;
        return;
      case 'batches': // For screens that show each of them.
      case 'inspected':
        return;
    }
  }

  #report(exit: RunnerExit): number {
    this.#view.end();
    if (this.#problem && !this.#started) return reportProblem(this.#problem, this.#json, this.#task.store);
    if (!this.#started && this.#stopAs !== undefined) return this.#reportEarlyStop(this.#stopAs);
    if (!this.#started)
      return reportProblem({ name: 'RunnerError', message: `The run did not start: ${exitReason(exit)}.` }, this.#json);
    const { run, uid, graph } = this.#started;
    const { store } = this.#task;
    let db: ReturnType<typeof openStore>;
    try {
      db = openStore(store, { mode: this.#summary ? 'read' : 'write' });
    } catch (error) {
      return this.#reportWithoutStore(error);
    }
    try {
      // Another store may be in its place, in which the number is another run's.
      if (readRun(db, run)?.uid !== uid) return this.#reportWithoutStore(storeReplaced(store));
      const summary = this.#summary
        ? { ...this.#summary, ...resultOf(db, requireRun(db, run)) }
        : this.#summaryOfLost(db, run, exit);
      if (this.#json) this.#print(summaryEvent(summary));
      else process.stdout.write(`${summaryText(db, store, graph, summary)}\n`);
      return EXIT_CODES[summary.status];
    } catch (error) {
      throw storeError(store, error);
    } finally {
      db.close();
    }
  }

  /** The store has gone from under the run, and with it what could be told: why is all that is left to say. */
  #reportWithoutStore(error: unknown): number {
    const message = this.#problem?.message ?? (error instanceof StoreError ? error.message : undefined);
    if (message === undefined) throw error;
    reportProblem({ name: 'StoreError', message }, this.#json);
    return EXIT_CODES.interrupted;
  }

  #reportEarlyStop(as: 'cancelled' | 'interrupted'): number {
    reportProblem({ name: 'Stopped', message: 'Stopped before the run had begun: nothing was done.' }, this.#json);
    return EXIT_CODES[as];
  }

  /** The runner could not say how it ended: the store knows how far it had come. */
  #summaryOfLost(db: ReturnType<typeof openStore>, run: number, exit: RunnerExit): RunSummary {
    const now = systemClock.now();
    const reason =
      this.#problem?.message ??
      (this.#stoppingSince === undefined ? exitReason(exit) : 'it was ended before its steps had');
    try {
      if (this.#runner?.pid !== undefined) recordLoss(db, run, this.#runner.pid, reason, now);
      // It was to be cancelled, and that its process had to be ended for it does not make it less so.
      if (this.#stopAs === 'cancelled' && requireRun(db, run).status === 'interrupted')
        cancelAtRest(db, run, `${STOPPED_BY_HAND}, and ended before its steps had`, now);
    } catch {
      // The store cannot be written, which may be how the run was lost. It reads as interrupted all the same: its process is gone.
    }
    const summary = storedSummary(db, requireRun(db, run), now);
    return summary.status === 'interrupted' ? { ...summary, reason } : summary;
  }

  #printLogs({ lines, dropped }: Extract<FromRunner, { type: 'logs' }>): void {
    for (const line of lines) this.#print({ event: 'log', ...line });
    if (dropped > 0) this.#print({ event: 'logs-left-out', lines: dropped });
  }

  #print(event: object): void {
    process.stdout.write(`${toJson(event)}\n`);
  }
}

/** One clear message, with the place in the author's file; `store` is the one it is about. Returns the exit code. */
export function reportProblem(
  { name, message: told, file, line, column, codeFrame }: Problem,
  json: boolean,
  store?: string,
): number {
  const message = asTyped(told, store);
  if (json) process.stdout.write(`${toJson({ event: 'error', name, message, file, line, column })}\n`);
  process.stderr.write(`${safe(message)}\n${codeFrame === undefined ? '' : `\n${safe(codeFrame)}\n`}`);
  return EXIT_USAGE;
}
