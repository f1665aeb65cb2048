import type { EventOf, Result } from '../../host/api/api.ts';
import { Loader } from '../model/loader.ts';
import { RunModel } from '../model/run-model.ts';
import { renewed } from '../model/selection.ts';
import { withLiveLines, withStoredLines } from '../model/stored-and-live-logs.ts';
import { NO_RUN, studio, type Dialog } from './studio.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';

const MAX_LOG_LINES = 2_000;
const STORED_LOG_LINES = 500;
const TOTALS_EVERY_MS = 200;
/** In a large run, totals change faster than anyone can read them, so they are updated less often. */
const LARGE_RUN_BATCHES = 20_000;
const LARGE_TOTALS_EVERY_MS = 700;

/** Opens a run: its graph, its batches, its problems, and the stream of changes. */
export async function openRun(run: number): Promise<void> {
  const before = studio.getState();
  if (before.runId === run && before.model) return;
  // What is shown stays until there is something to show in its place.
  if (before.connection !== 'live') return notice(new Error('The connection to Cronflow is lost. Reconnecting…'));
  closeRun();
  studio.setState({ runId: run, workflow: undefined, inspected: { kind: 'run' }, inspectorTab: 'summary' });
  try {
    await Promise.all([
      // Build the model as soon as the snapshot arrives: the deltas that follow need it.
      api()
        .watchRun({ run })
        .then(snapshot => {
          if (isOpen(run)) studio.setState({ model: new RunModel(snapshot), progress: snapshot.progress });
        }),
      api()
        .getRun({ run })
        .then(detail => {
          if (isOpen(run))
            studio.setState({ detail, workflow: { file: detail.item.file, workflow: detail.item.workflow } });
        }),
    ]);
    if (!isOpen(run)) return;
    await Promise.all([refreshProblems(run), loadLogs(run)]);
  } catch (error) {
    notice(error);
  }
}

/** The newest lines. Those that arrive live meanwhile come after them. */
async function loadLogs(run: number): Promise<void> {
  const { lines, more } = await api().getLogs({ run, limit: STORED_LOG_LINES });
  if (isOpen(run))
    studio.setState(({ logs }) => ({
      logs: withStoredLines(logs, lines).slice(-MAX_LOG_LINES),
      logsHaveEarlier: more,
    }));
}

/** Shows a workflow without a run. */
export function openWorkflow(file: string, workflow: string): void {
  closeRun();
  studio.setState({ workflow: { file, workflow }, inspected: { kind: 'run' }, inspectorTab: 'summary' });
}

/** In a large run the host takes longer to find the problems than it takes until there are others. */
type Problems = Result<'getProblems'>;
const problemsLoader = new Loader<{ readonly run: number; readonly problems: Problems }>(loaded => {
  if (loaded.state === 'failed') notice(new Error(loaded.message));
  else if (loaded.state === 'loaded' && isOpen(loaded.value.run)) {
    const { problems } = loaded.value;
    studio.setState(({ selection, progress }) => ({
      problems,
      selection: renewed(selection, problems.causes, progress?.nodes ?? []),
    }));
  }
});
let problemsVersion = 0;

async function refreshProblems(run: number): Promise<void> {
  problemsVersion += 1;
  await Promise.all([
    problemsLoader.load(async () => ({ run, problems: await api().getProblems({ run }) }), problemsVersion),
    refreshFindings(run),
  ]);
}

const findingsLoader = new Loader<{ readonly run: number; readonly findings: Result<'getFindings'> }>(loaded => {
  if (loaded.state === 'failed') notice(new Error(loaded.message));
  else if (loaded.state === 'loaded' && isOpen(loaded.value.run)) {
    const { findings } = loaded.value;
    studio.setState({ findings, search: findings.search, check: findings.check });
  }
});
let findingsVersion = 0;

/** The items at fault: they are other ones after a re-run, and after a search. */
export async function refreshFindings(run: number): Promise<void> {
  findingsVersion += 1;
  await findingsLoader.load(async () => ({ run, findings: await api().getFindings({ run }) }), findingsVersion);
}

/** These act on the run that is open: another one must not get what was asked of it. */
const OF_THE_OPEN_RUN: ReadonlySet<Dialog['kind'] | undefined> = new Set([
  'rerun',
  'resume',
  'cancel-run',
  'edit-items',
  'find-items',
  'debug-batch',
  'edit-aside',
]);

export function closeRun(): void {
  const { runId, connection, dialog, missingRun } = studio.getState();
  // It said that this run is not there: whoever goes on from it has read that.
  if (missingRun !== undefined) studio.setState({ notice: undefined });
  if (OF_THE_OPEN_RUN.has(dialog?.kind)) studio.setState({ dialog: undefined, dialogIsChanged: false });
  if (runId !== undefined && connection === 'live')
    api()
      .unwatchRun({ run: runId })
      .catch(() => undefined);
  studio.setState(({ compare, batches }) => ({
    // The run before, and its nodes, are others.
    compare: { ...compare, other: undefined, node: undefined },
    batches: { ...batches, unfolded: undefined, workers: [] },
    ...NO_RUN,
  }));
}

let resyncWanted: number | undefined;
let resyncing = false;

/** Loads a new snapshot. One request at a time; a resync that is requested meanwhile runs afterwards. */
export async function resync(run: number): Promise<void> {
  resyncWanted = run;
  if (resyncing) return;
  resyncing = true;
  try {
    for (let wanted: number | undefined = run; wanted !== undefined; wanted = resyncWanted) {
      resyncWanted = undefined;
      await resyncOnce(wanted);
    }
  } finally {
    resyncing = false;
  }
}

async function resyncOnce(run: number): Promise<void> {
  const { model } = studio.getState();
  if (!model || !isOpen(run)) return;
  const isStill = () => studio.getState().model === model;
  await Promise.all([
    api()
      .watchRun({ run })
      .then(snapshot => {
        if (!isStill()) return;
        model.reset(snapshot);
        studio.setState({ progress: snapshot.progress });
      }),
    api()
      .getRun({ run })
      .then(detail => {
        if (isStill()) studio.setState({ detail });
      }),
  ]);
  if (isStill()) await refreshProblems(run);
}

function isOpen(run: number): boolean {
  return studio.getState().runId === run;
}

let totalsTimer: ReturnType<typeof setTimeout> | undefined;

export function onDelta(delta: EventOf<'onDelta'>): void {
  const { model, runId } = studio.getState();
  if (!model || runId !== delta.run) return;
  if (!model.apply(delta)) return void resync(delta.run).catch(notice);
  if (!delta.progress) return;
  // The model gets every change. React gets totals a few times a second, and immediately when the run's status changes.
  if (delta.progress.status !== studio.getState().progress?.status) return updateTotals(model);
  totalsTimer ??= setTimeout(
    () => updateTotals(model),
    delta.progress.batches.total > LARGE_RUN_BATCHES ? LARGE_TOTALS_EVERY_MS : TOTALS_EVERY_MS,
  );
}

function updateTotals(model: RunModel): void {
  clearTimeout(totalsTimer);
  totalsTimer = undefined;
  const before = studio.getState();
  if (before.model !== model) return;
  studio.setState({ progress: model.progress });
  const failedBefore = before.progress?.failedBatches ?? 0;
  if (model.progress.failedBatches !== failedBefore || model.progress.status !== before.progress?.status)
    void refreshProblems(model.run).catch(notice);
}

export function onLogs({ run, lines, dropped }: EventOf<'onLogs'>): void {
  if (studio.getState().runId !== run) return;
  studio.setState(state => ({
    logs: withLiveLines(state.logs, lines).slice(-MAX_LOG_LINES),
    logsDropped: state.logsDropped + dropped,
  }));
}
