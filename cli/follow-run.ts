import { isatty } from 'node:tty';
import type { FromRunner } from '../engine/runner/protocol.ts';
import type { RunnerInput } from '../engine/runner/parent.ts';
import { supervise, type RunTask } from '../engine/runner/supervisor.ts';
import type { Notices } from '../engine/runner/notice/notices.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { reportProblem } from './report-problem.ts';
import { stopOnSignals } from './signals.ts';
import { EventsView } from './view/events.ts';
import { PlainView, type LiveView } from './view/live.ts';
import { outcomeText } from './view/outcome.ts';
import { RawOutput } from '../engine/runner/raw-output.ts';

/**
 * A run that takes longer has what reads the store at its end loaded meanwhile: by its end, an update may have replaced the files of
 * this package.
 */
const LOAD_READER_AFTER_MS = 5_000;

/** Has a runner do a task, shows how it goes, and returns the exit code. */
export async function followRun(task: RunTask, json: boolean, notices: Notices = {}): Promise<number> {
  const view = await viewFor(json);
  const output = { stdout: new RawOutput(), stderr: new RawOutput() };
  let hasBegun = false;
  let ended: Extract<FromRunner, { type: 'ended' }> | undefined;
  let stopListening = (): void => undefined;
  const reader = new Reader();
  const isReadAnyway = json || isAnyTold(notices);
  try {
    const beginning = await supervise({
      task,
      stdin: inputOf(task),
      onSpawned: spawned => {
        stopListening = stopOnSignals(spawned, text => {
          if (hasBegun) view.stopping(text);
        });
        // Beside the runner, which starts meanwhile.
        if (isReadAnyway) reader.begin();
      },
      onLoading: message => showMessage(view, message),
      onStarted: () => {
        hasBegun = true;
        return heard => {
          if (heard.type !== 'ended') showMessage(view, heard);
          else {
            ended = heard;
            if (!heard.isAll) reader.begin();
          }
        };
      },
      onOutput: (text, stream) => {
        const shown = output[stream].shown(text);
        if (shown !== undefined) view.note(shown);
      },
    });
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
    const { started } = beginning;
    if (end.kind === 'ended' && ended?.isAll === true && !isReadAnyway) {
      process.stdout.write(`${outcomeText(started.graph, ended.summary)}\n`);
      return EXIT_CODES[ended.summary.status];
    }
    const { reportEnd, applyPolicies } = await reader.loaded();
    const { store, kind } = task;
    const { run, uid } = started;
    const code = reportEnd({ started, end, summary: ended?.summary, store, json });
    if (kind !== 'demo') await applyPolicies({ store, run, uid, isLost: end.kind === 'lost' }, notices);
    return code;
  } finally {
    stopListening();
    reader.close();
  }
}

/**
 * What reads the store when a run has ended. Most have nothing in it that their runner has not said: to load it, and to open the
 * store, took a seventh of the processor time of a short run (bench/start.ts).
 */
class Reader {
  readonly #timer = setTimeout(() => this.begin(), LOAD_READER_AFTER_MS);
  #loading: Promise<typeof import('./after-run.ts')> | undefined;

  /** Why it cannot be loaded is told where it is needed: why the run did not begin comes first. */
  begin(): void {
    this.loaded().catch(() => undefined);
  }

  loaded(): Promise<typeof import('./after-run.ts')> {
    return (this.#loading ??= import('./after-run.ts'));
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

function isAnyTold({ onFailure, onFinish }: Notices): boolean {
  return onFailure !== undefined || onFinish !== undefined;
}

/**
 * What is piped into `cronflow run` is the workflow's to read. A terminal is not: a runner has a process group of its own,
 * which the system would stop as soon as it reads from there.
 */
function inputOf({ kind }: RunTask): RunnerInput {
  // Not `process.stdin`, which takes Node a millisecond to make.
  return kind === 'start' && !isatty(0) ? 'ours' : 'none';
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
