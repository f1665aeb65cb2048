import { systemClock } from '../run/clock.ts';
import { recordLostRun } from '../runner/lost-run.ts';
import type { FromRunner } from '../runner/protocol.ts';
import { RawOutput } from '../runner/raw-output.ts';
import { supervise, type RunEnd, type RunTask } from '../runner/supervisor.ts';
import { storedSummary } from '../store/stored-summary.ts';
import { requireRun } from '../store/runs.ts';
import { existingRun } from './existing-run.ts';
import { RunRefused, type Work } from './handle.ts';
import { resultOf, startedEvent } from './result.ts';
import type { OpenedStore } from './opened-store.ts';
import type { RunEvent } from './types.ts';

/** Has a process of its own work on a run. @throws RunRefused */
export async function inOwnProcess(store: OpenedStore, task: RunTask, tell: (event: RunEvent) => void): Promise<Work> {
  const output = { stdout: new RawOutput(), stderr: new RawOutput() };
  const say = (text: string | undefined, stream: keyof typeof output) => {
    if (text !== undefined)
      tell({ type: 'log', at: systemClock.now(), level: stream === 'stderr' ? 'warn' : 'info', text });
  };
  const beginning = await supervise({
    task,
    onLoading: message => pass(message, tell),
    onStarted: () => message => pass(message, tell),
    onOutput: (text, stream) => say(output[stream].shown(text), stream),
  });
  if (!beginning.ok) {
    const { problem } = beginning;
    if (problem.existing === undefined) throw new RunRefused(problem);
    return existingRun(store, problem.existing, tell);
  }
  const { run, started } = beginning;
  const done = run.done.then(end => {
    for (const stream of ['stdout', 'stderr'] as const) say(output[stream].takeRest(), stream);
    return resultAfter(store, started.run, end);
  });
  return { run: started.run, stop: (as, reason) => run.stop(as, reason), done };
}

function resultAfter(store: OpenedStore, run: number, end: RunEnd) {
  const { db } = store;
  const now = systemClock.now();
  if (end.kind === 'lost') recordLostRun(db, run, end, now);
  const summary = storedSummary(db, requireRun(db, run), now);
  return resultOf(
    end.kind === 'lost' && summary.status === 'interrupted' ? { ...summary, reason: end.reason } : summary,
  );
}

function pass(message: FromRunner, tell: (event: RunEvent) => void): void {
  switch (message.type) {
    case 'started':
      return tell(startedEvent(message.run, message.graph.id, message.isResumed));
    case 'progress':
      return tell({ type: 'progress', ...message.counts });
    case 'logs':
      for (const line of message.lines) tell({ type: 'log', ...line });
      if (message.dropped > 0) tell({ type: 'logs-left-out', lines: message.dropped });
      return undefined;
    default:
      return undefined;
  }
}
