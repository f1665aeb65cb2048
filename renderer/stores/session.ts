import type { EventOf, Problem, RunItem, StudioApi, Workspace } from '../../host/api/api.ts';
import { PROTOCOL } from '../../host/api/protocol.ts';
import { connectClient, type Client, type Connection } from '../client/client.ts';
import { label } from '../model/shown-text.ts';
import { RunModel } from '../model/run-model.ts';
import { studio } from './studio.ts';

/*
 * The page's side of the conversation with the host: keeps the store in step with what the host says, and opens and
 * closes runs. Components call what is exported here and in actions.ts; they never talk to the host by themselves.
 */

const RUNS_PAGE = 200;
const LOGS_KEPT = 2_000;
const TOTALS_EVERY_MS = 200;
/** Where a run is so large that its totals change beyond reading, it needs the machine more than they do. */
const LARGE = 20_000;
const LARGE_TOTALS_EVERY_MS = 700;

let client: Client | undefined;
/** Runs that were told of while the list of runs is being asked for: the list may have been made before. */
let heardWhileAsking: Map<number, RunItem> | undefined;

/** The host's methods. */
export function api(): StudioApi {
  if (!client) throw new Error('The session has not begun.');
  return client.api;
}

export function beginSession(): void {
  try {
    client = connectClient(
      { onDelta, onResync: ({ run }) => void resync(run), onRun, onWorkspace, onLogs },
      onConnection,
    );
  } catch (error) {
    // There is no way to the host, and there will be none: that is to be read, not to be guessed from an empty page.
    notice(error);
    throw error;
  }
}

/** Shows what went wrong, whatever it is. */
export function notice(error: unknown): void {
  const problem: Problem =
    typeof error === 'object' && error !== null && 'message' in error
      ? { name: 'name' in error ? String(error.name) : 'Error', message: label(String(error.message), 20_000) }
      : { name: 'Error', message: label(String(error), 20_000) };
  studio.setState({ notice: problem });
}

/** Opens a run: its graph, its batches, its problems, and the feed of what changes. */
export async function openRun(run: number): Promise<void> {
  const before = studio.getState();
  if (before.runId === run && before.model) return;
  leaveRun();
  studio.setState({ runId: run, workflow: undefined, inspected: { kind: 'run' }, inspectorTab: 'summary' });
  try {
    await Promise.all([
      // At once: the deltas that go on from it are behind it.
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
    await refreshProblems(run);
    const { lines } = await api().getLogs({ run, after: 0, limit: 500 });
    if (isOpen(run)) studio.setState(({ logs }) => ({ logs: logs.length > 0 ? logs : lines }));
  } catch (error) {
    notice(error);
  }
}

/** Shows a workflow by itself, before any run of it. */
export function openWorkflow(file: string, workflow: string): void {
  leaveRun();
  studio.setState({ workflow: { file, workflow }, inspected: { kind: 'run' }, inspectorTab: 'summary' });
}

export async function loadMoreRuns(): Promise<void> {
  const { runs, runsComplete } = studio.getState();
  const last = runs.at(-1);
  if (runsComplete || !last) return;
  const more = await api().listRuns({ limit: RUNS_PAGE, before: last.run });
  studio.setState(state => ({
    runs: [...state.runs, ...more.filter(run => !state.runs.some(known => known.run === run.run))],
    runsComplete: more.length < RUNS_PAGE,
  }));
}

async function refreshProblems(run: number): Promise<void> {
  const problems = await api().getProblems({ run });
  if (isOpen(run)) studio.setState({ problems });
}

function leaveRun(): void {
  const { runId, connection } = studio.getState();
  if (runId !== undefined && connection === 'live')
    api()
      .unwatchRun({ run: runId })
      .catch(() => undefined);
  studio.setState({
    runId: undefined,
    detail: undefined,
    model: undefined,
    progress: undefined,
    problems: undefined,
    logs: [],
    logsDropped: 0,
    selection: undefined,
  });
}

function onConnection(connection: Connection): void {
  studio.setState(state => ({
    connection,
    lostSince: connection === 'live' ? undefined : (state.lostSince ?? Date.now()),
  }));
  if (connection === 'live') void takeUp().catch(notice);
}

/** After connecting, and after each loss: everything anew, since anything may have changed. */
async function takeUp(): Promise<void> {
  const { protocol, shell } = await api().hello({});
  if (protocol !== PROTOCOL) throw new Error('Cronflow was updated while this page was open. Reload the page.');
  studio.setState({ shell });
  await takeUpWorkspace();
  const { runId, model } = studio.getState();
  if (runId !== undefined && model) await resync(runId);
  openFirst();
}

/** Each answer counts from when it comes: what is told after it, while the other is still on its way, is newer. */
async function takeUpWorkspace(): Promise<void> {
  heardWhileAsking = new Map();
  await Promise.all([
    api()
      .getWorkspace({})
      .then(workspace => studio.setState({ workspace })),
    api()
      .listRuns({ limit: RUNS_PAGE })
      .then(listed => {
        const heard = heardWhileAsking;
        heardWhileAsking = undefined;
        studio.setState({ runs: listed, runsComplete: listed.length < RUNS_PAGE });
        for (const item of heard?.values() ?? []) onRun(item);
      }),
  ]);
}

function onWorkspace(workspace: Workspace): void {
  const { workspace: before } = studio.getState();
  studio.setState({ workspace });
  if (before === undefined || before.folder === workspace.folder) return openFirst();
  // Another folder was opened, from wherever: nothing of the one before is of it.
  leaveRun();
  studio.setState({
    workflow: undefined,
    runs: [],
    runsComplete: false,
    inspected: { kind: 'run' },
    inspectorTab: 'summary',
  });
  takeUpWorkspace().then(openFirst).catch(notice);
}

/** A page with nothing open shows the latest run, or else the first workflow. */
function openFirst(): void {
  const { runId, workflow, runs, workspace } = studio.getState();
  if (runId !== undefined || workflow || heardWhileAsking) return;
  const [latest] = runs;
  if (latest) return void openRun(latest.run);
  for (const { file, graphs } of workspace?.files ?? []) {
    const [graph] = graphs;
    if (graph) return openWorkflow(file, graph.id);
  }
}

let resyncWanted: number | undefined;
let resyncing = false;

/** Begins again from a new snapshot: one request at a time, and another where something was missed meanwhile. */
async function resync(run: number): Promise<void> {
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

function onDelta(delta: EventOf<'onDelta'>): void {
  const { model, runId } = studio.getState();
  if (!model || runId !== delta.run) return;
  if (!model.apply(delta)) return void resync(delta.run).catch(notice);
  if (!delta.progress) return;
  // The model has every change; React gets totals a few times a second, and at once when the run's status changes.
  if (delta.progress.status !== studio.getState().progress?.status) return renewTotals(model);
  totalsTimer ??= setTimeout(
    () => renewTotals(model),
    delta.progress.batches.total > LARGE ? LARGE_TOTALS_EVERY_MS : TOTALS_EVERY_MS,
  );
}

function renewTotals(model: RunModel): void {
  clearTimeout(totalsTimer);
  totalsTimer = undefined;
  const before = studio.getState();
  if (before.model !== model) return;
  studio.setState({ progress: model.progress });
  const failedBefore = before.progress?.failedBatches ?? 0;
  if (model.progress.failedBatches !== failedBefore || model.progress.status !== before.progress?.status)
    void refreshProblems(model.run).catch(notice);
}

function onRun(item: RunItem): void {
  heardWhileAsking?.set(item.run, item);
  studio.setState(state => {
    const known = state.runs.findIndex(run => run.run === item.run);
    if (known >= 0) return { runs: state.runs.with(known, item) };
    return { runs: [item, ...state.runs].toSorted((a, b) => b.run - a.run) };
  });
  const { runId, detail } = studio.getState();
  if (runId === item.run && detail && detail.item.status !== item.status) {
    api()
      .getRun({ run: item.run })
      .then(renewed => {
        if (studio.getState().runId === item.run) studio.setState({ detail: renewed });
      })
      .catch(notice);
  }
}

function onLogs({ run, lines, dropped }: EventOf<'onLogs'>): void {
  if (studio.getState().runId !== run) return;
  studio.setState(state => ({
    logs: [...state.logs, ...lines].slice(-LOGS_KEPT),
    logsDropped: state.logsDropped + dropped,
  }));
}
