import type { RunItem, Workspace } from '../../host/api/api.ts';
import { PROTOCOL } from '../../host/api/protocol.ts';
import type { Recording } from '../../host/api/recording.ts';
import type { Connection } from '../client/client.ts';
import type { CheckAnswer } from '../client/recording/client.ts';
import type { Parts } from '../client/recording/open.ts';
import { goToStart } from './address.ts';
import { loadLabels, noteLabels, onRunGone } from './run-labels.ts';
import { noteInSearch } from './run-search.ts';
import { RUNS_PAGE, studio, type StudioState } from './studio.ts';
import { openRun, openWorkflow, closeRun, resync, onDelta, onLogs } from './open-run.ts';
import { api, connectHost, connectRecording, disconnectHost } from './host.ts';
import { loadDebugging, onDebugging } from './debugging.ts';
import { loadInterrupted, onInterrupted } from './interrupted.ts';
import { onCheck, onSearch } from './items.ts';
import { notice } from './notice.ts';

/* The page's connection to the host: keeps the workspace and the list of runs up to date. */

/** What belongs to a folder and the runs in it. */
const NOTHING_OPEN: Partial<StudioState> = {
  debugging: undefined,
  interrupted: undefined,
  workflow: undefined,
  runs: [],
  runsComplete: false,
  runSearch: undefined,
  pinned: [],
  histories: [],
  inspected: { kind: 'run' },
  inspectorTab: 'summary',
};

/** Runs that changed while the list of runs was being requested: the list may be older than these events. */
let runsChangedDuringLoad: Map<number, RunItem> | undefined;

export function startSession(): void {
  try {
    connectHost(
      {
        onDelta,
        onResync: ({ run }) => void resync(run),
        onRun,
        onRunGone,
        onWorkspace,
        onLogs,
        onSearch,
        onCheck,
        onDebugging,
        onInterrupted,
      },
      onConnection,
    );
  } catch (error) {
    // No later attempt can succeed, so the page says why instead of staying empty.
    notice(error);
    throw error;
  }
}

/**
 * Shows an exported file, whose run is the only one there is.
 * @param check Of a file that was opened here, in the place of the workspace
 */
export function showRecording(recording: Recording, parts: Parts, check?: CheckAnswer): void {
  connectRecording(recording, parts, check);
  closeRun();
  // The list of workflows is not there (workbench.tsx). That nobody has folded it away must not be remembered otherwise.
  studio.setState({
    ...NOTHING_OPEN,
    recording,
    recordingIsOpenedHere: check !== undefined,
    notice: undefined,
  });
  onConnection('live');
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

function onConnection(connection: Connection): void {
  studio.setState(state => ({
    connection,
    lostSince: connection === 'live' ? undefined : (state.lostSince ?? performance.now()),
  }));
  if (connection === 'live') void loadEverything().catch(notice);
}

/** Reloads everything after each connect, because anything may have changed while the page was disconnected. */
async function loadEverything(): Promise<void> {
  // From here on: what is told of the workspace before the runs are listed must not open a workflow in place of the latest run.
  runsChangedDuringLoad = new Map();
  const { protocol, shell } = await api().hello({});
  if (protocol !== PROTOCOL) {
    disconnectHost();
    studio.setState({ connection: 'outdated', lostSince: performance.now() });
    return;
  }
  studio.setState({ shell });
  loadDebugging();
  await loadWorkspace();
  const { runId, model } = studio.getState();
  if (runId !== undefined && model) await resync(runId);
  openFirst();
}

/** Each answer is applied when it arrives: an event that comes after it is newer, even if the other answer is still pending. */
async function loadWorkspace(): Promise<void> {
  runsChangedDuringLoad ??= new Map();
  // Nothing waits for what only stands beside the runs.
  loadLabels().catch(notice);
  loadInterrupted().catch(notice);
  await Promise.all([
    api()
      .getWorkspace({})
      .then(workspace => studio.setState({ workspace })),
    api()
      .listRuns({ limit: RUNS_PAGE })
      .then(listed => {
        const changed = runsChangedDuringLoad;
        runsChangedDuringLoad = undefined;
        studio.setState({ runs: listed, runsComplete: listed.length < RUNS_PAGE });
        for (const item of changed?.values() ?? []) onRun(item);
      }),
  ]);
}

function onWorkspace(workspace: Workspace): void {
  const { workspace: before } = studio.getState();
  studio.setState({ workspace });
  const isSame = before?.folder === workspace.folder && before.demo === workspace.demo;
  if (before === undefined || isSame) {
    // A file may have been saved: whether the code has changed since the run is told without opening the run again.
    const { runId, detail } = studio.getState();
    if (runId !== undefined && detail) renewDetail(runId);
    return openFirst();
  }
  // Another folder was opened, or its demos take the place of its runs: nothing on screen belongs to it.
  closeRun();
  studio.setState(NOTHING_OPEN);
  runsChangedDuringLoad = undefined;
  loadWorkspace().then(openFirst).catch(notice);
}

/** If nothing is open, opens what the address names, else the latest run, or the first workflow if there are no runs. */
function openFirst(): void {
  if (isSomethingOpen() || runsChangedDuringLoad) return;
  const going = goToStart();
  if (going) going.then(isThere => isThere || openNewest()).catch(notice);
  else openNewest();
}

function isSomethingOpen(): boolean {
  const { runId, workflow, missingRun } = studio.getState();
  // What is not there is said, and left on screen until something is chosen.
  return runId !== undefined || workflow !== undefined || missingRun !== undefined;
}

function openNewest(): void {
  const { runs, workspace } = studio.getState();
  if (isSomethingOpen()) return;
  const latest = runs.find(run => run.status !== 'damaged');
  if (latest) return void openRun(latest.run);
  for (const { file, graphs } of workspace?.files ?? []) {
    const [graph] = graphs;
    if (graph) return openWorkflow(file, graph.id);
  }
}

function onRun(item: RunItem): void {
  runsChangedDuringLoad?.set(item.run, item);
  // The list has the runs around it.
  if (item.partOf !== undefined) return onPart(item);
  const before = studio.getState().runs.find(run => run.run === item.run);
  studio.setState(state => {
    const known = state.runs.findIndex(run => run.run === item.run);
    if (known >= 0) return { runs: state.runs.with(known, item) };
    return { runs: [item, ...state.runs].toSorted((a, b) => b.run - a.run) };
  });
  noteInSearch(item, before);
  noteLabels(item, before);
  const { runId, detail } = studio.getState();
  if (runId === item.run && detail && detail.item.status !== item.status) renewDetail(item.run);
}

/** A run that is a part of another one. */
function onPart(item: RunItem): void {
  const { runId, detail } = studio.getState();
  if (runId !== item.run || !detail) return;
  studio.setState({ detail: { ...detail, item } });
  if (detail.item.status !== item.status) renewDetail(item.run);
}

function renewDetail(run: number): void {
  api()
    .getRun({ run })
    .then(detail => {
      if (studio.getState().runId === run) studio.setState({ detail });
    })
    .catch(notice);
}
