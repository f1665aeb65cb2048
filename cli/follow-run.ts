import type { FromRunner } from '../engine/runner/protocol.ts';
import type { RunnerInput } from '../engine/runner/parent.ts';
import { supervise, type RunTask } from '../engine/runner/supervisor.ts';
import type { Notices } from '../engine/runner/notice/notices.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { reportProblem } from './report-problem.ts';
import { stopOnSignals } from './signals.ts';
import { EventsView } from './view/events.ts';
import { PlainView, type LiveView } from './view/live.ts';
import { RawOutput } from '../engine/runner/raw-output.ts';

/** Has a runner do a task, shows how it goes, and returns the exit code. */
export async function followRun(task: RunTask, json: boolean, notices: Notices = {}): Promise<number> {
  const view = await viewFor(json);
  const output = { stdout: new RawOutput(), stderr: new RawOutput() };
  let hasBegun = false;
  let summary: Extract<FromRunner, { type: 'ended' }>['summary'] | undefined;
  let stopListening = (): void => undefined;
  try {
    const begun = supervise({
      task,
      stdin: inputOf(task),
      onSpawned: spawned => {
        stopListening = stopOnSignals(spawned, text => {
          if (hasBegun) view.stopping(text);
        });
      },
      onLoading: message => showMessage(view, message),
      onStarted: () => {
        hasBegun = true;
        return heard => {
          if (heard.type === 'ended') ({ summary } = heard);
          else showMessage(view, heard);
        };
      },
      onOutput: (text, stream) => {
        const shown = output[stream].shown(text);
        if (shown !== undefined) view.note(shown);
      },
    });
    // What reads the store at the end is loaded while the runner starts: measured, a fifth of the time of a short run.
    const reader = import('./after-run.ts');
    // Why it cannot be loaded is told where it is needed: why the run did not begin comes first.
    reader.catch(() => undefined);
    const beginning = await begun;
    if (!beginning.ok) {
      const { existing } = beginning.problem;
      if (existing !== undefined) {
        stopListening();
        const { followExisting } = await import('./follow-existing.ts');
        return await followExisting(task.store, existing, view, json);
      }
      view.end();
      const code = reportProblem(beginning.problem, json, task.store);
      return beginning.stop === undefined ? code : EXIT_CODES[beginning.stop];
    }
    const end = await beginning.run.done;
    for (const written of [output.stdout, output.stderr]) {
      const rest = written.takeRest();
      if (rest !== undefined) view.note(rest);
    }
    view.end();
    const { reportEnd, applyPolicies } = await reader;
    const { store, kind } = task;
    const { run, uid } = beginning.started;
    const code = reportEnd({ started: beginning.started, end, summary, store, json });
    if (kind !== 'demo') await applyPolicies({ store, run, uid, isLost: end.kind === 'lost' }, notices);
    return code;
  } finally {
    stopListening();
  }
}

/**
 * What is piped into `cronflow run` is the workflow's to read. A terminal is not: a runner has a process group of its own,
 * which the system would stop as soon as it reads from there.
 */
function inputOf({ kind }: RunTask): RunnerInput {
  return kind === 'start' && process.stdin.isTTY !== true ? 'ours' : 'none';
}

async function viewFor(json: boolean): Promise<LiveView> {
  if (json) return new EventsView();
  if (!process.stderr.isTTY) return new PlainView();
  // What draws on terminals takes a quarter of the time in which a command starts: it is loaded where there is one.
  const { TerminalView } = await import('./view/terminal.ts');
  return new TerminalView();
}

function showMessage(view: LiveView, message: FromRunner): void {
  switch (message.type) {
    case 'started':
      view.started({ ...message, existing: message.isResumed ? 'resumed' : undefined });
      return;
    case 'progress':
      view.progress(message.counts);
      return;
    case 'logs':
      view.logs(message.lines, message.dropped);
      return;
    case 'batches': // For screens that show each of them.
    case 'inspected':
    case 'loaded':
    case 'refused':
    case 'ended': // Told when the process has ended.
  }
}
