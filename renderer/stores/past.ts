import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PartHistory } from '../../common/history.ts';
import type { RunHistory } from '../../host/api/api.ts';
import { batchName } from '../model/batch-name.ts';
import { idleTimes, type IdleTimes } from '../model/playback/idle-times.ts';
import { firstFailure, markersOf, nextMarker, type Failure, type Marker } from '../model/playback/markers.ts';
import { advanced, fasterOrSlower, rateOf, type Speed } from '../model/playback/pace.ts';
import { statusesAt } from '../model/playback/part-at.ts';
import { progressAt } from '../model/playback/progress-at.ts';
import { titleLabel } from '../model/shown-text.ts';
import { batchLabel } from './batch-labels.ts';
import { RunModel } from '../model/run-model.ts';
import { setPanel } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

/*
 * The moment of a run that is shown. What was then is computed here, from the run's history, which one call gives: maps are painted
 * at every frame, and React is given the totals a few times a second, as of a run that goes on.
 */

/** The history of the open run, made ready. Times are milliseconds since the run began. */
export interface Played {
  readonly history: RunHistory;
  readonly idle: IdleTimes;
  readonly markers: readonly Marker[];
  readonly to: number;
}

interface PlaybackState {
  readonly run: number | undefined;
  readonly played: Played | undefined;
  /** Why there is no history. */
  readonly problem: string | undefined;
  /** The moment that is shown, at every frame; undefined: now. */
  readonly at: number | undefined;
  readonly isPlaying: boolean;
  readonly speed: Speed;
}

const TOTALS_EVERY_MS = 100;
/** To count a million batches takes as long as to paint them: not while a hand moves from frame to frame. */
const LARGE_RUN_BATCHES = 20_000;
const LARGE_TOTALS_EVERY_MS = 350;
/** So long after the last change the moment goes into the address: browsers refuse one at every frame. */
const SETTLED_MS = 300;

const NOTHING = { played: undefined, problem: undefined, at: undefined, isPlaying: false } as const;
const playback = createStore<PlaybackState>()(() => ({ ...NOTHING, run: undefined, speed: 'fit' }));

export function usePlayback<T>(select: (state: PlaybackState) => T): T {
  return useStore(playback, select);
}

let loading: { readonly done: Promise<void> } | undefined;

/** @param label What the batch is called that failed first */
function ready(history: RunHistory, label?: string): Played {
  const { unit } = history;
  return {
    history,
    idle: idleTimes(history).map(([from, to]) => [from * unit, to * unit]),
    markers: markersOf(history, failure => failureName(failure, label)).map(marker => ({
      ...marker,
      at: marker.at * unit,
    })),
    to: Math.max(1, history.to * unit),
  };
}

/** As other screens name it. */
function failureName({ path, batch }: Failure, label: string | undefined): string {
  const graph = studio.getState().detail?.graph;
  const title = graph ? titleLabel(graph, path) : path;
  return batch ? `${batchName(batch.index, label)} of ${title}` : title;
}

/** Loads the history of the open run, unless it is here. A run that goes on has none yet. */
export async function loadHistory(): Promise<Played | undefined> {
  const { runId: run, progress } = studio.getState();
  if (run === undefined || !progress || progress.status === 'running') return undefined;
  const { run: before, played } = playback.getState();
  if (before === run && played) return played;
  if (before !== run || !loading) {
    playback.setState({ ...NOTHING, run });
    loading = { done: load(run) };
  }
  await loading.done;
  const now = playback.getState();
  return now.run === run ? now.played : undefined;
}

async function load(run: number): Promise<void> {
  const own = (loads += 1);
  try {
    const history = await api().getHistory({ run });
    const { batch } = firstFailure(history) ?? {};
    const label = batch && (await batchLabel(run, batch.node, batch.index));
    if (own === loads) playback.setState({ played: ready(history, label) });
  } catch (error) {
    if (own === loads) playback.setState({ problem: error instanceof Error ? error.message : String(error) });
  } finally {
    if (own === loads) loading = undefined;
  }
}

/** Counts what was asked for: an answer that another question has overtaken is of no use. */
let loads = 0;

/** What was loaded, and the moment, go with the run, and when the run is taken up again. */
studio.subscribe((state, before) => {
  const isOther = state.runId !== before.runId;
  const isTakenUp = state.progress?.status === 'running' && before.progress?.status !== 'running';
  const isRenewed = state.progress?.status !== 'running' && before.progress?.status === 'running';
  if (!isOther && !isTakenUp && !isRenewed) {
    // What a history does not tell is as it is now: the counts of the steps may come later than the run.
    if (state.past && state.past === before.past && state.progress !== before.progress) giveTotals();
    return;
  }
  loads += 1;
  loading = undefined;
  stop();
  playback.setState({ ...NOTHING, run: undefined });
  if (state.past) studio.setState({ past: undefined });
});

/** Shows a moment of the open run, in milliseconds since it began; from its end on, the run as it is now. */
export async function goToMoment(at: number): Promise<void> {
  const run = studio.getState().runId;
  if (studio.getState().progress?.status === 'running')
    return notice(new Error('This run goes on. You can look at its earlier moments when it has ended or is paused.'));
  const played = await loadHistory();
  if (!played) {
    const { problem } = playback.getState();
    if (problem !== undefined && run === studio.getState().runId) notice(new Error(problem));
    return;
  }
  jumpTo(at);
}

/** Goes to a moment that stays: the address has it at once. */
export function jumpTo(at: number): void {
  stop();
  moveTo(at);
  settleMoment();
}

/** The run as it is. */
export function backToNow(): void {
  stop();
  moveTo(Infinity);
}

/** As a hand drags it. */
export function setMoment(at: number): void {
  stop();
  moveTo(at);
}

export function goToMarker(direction: 'previous' | 'next'): void {
  void loadHistory().then(played => {
    if (!played) return;
    openPlayback();
    const marker = nextMarker(played.markers, playback.getState().at ?? played.to, direction);
    if (marker) jumpTo(marker.at);
  });
}

export function changeSpeed(by: 1 | -1): void {
  setSpeed(fasterOrSlower(playback.getState().speed, by));
}

export function setSpeed(speed: Speed): void {
  playback.setState({ speed });
}

function openPlayback(): void {
  studio.setState({ drawer: 'playback' });
  setPanel('drawer', true);
}

let frame: number | undefined;

export function togglePlaying(): void {
  const { isPlaying, played, at } = playback.getState();
  if (!played) return;
  if (isPlaying) return stop();
  if (at === undefined) moveTo(0);
  playback.setState({ isPlaying: true });
  let last = performance.now();
  // Whole milliseconds are shown; the rest of a frame is not lost.
  let exact = playback.getState().at ?? 0;
  const step = (now: number) => {
    const { speed } = playback.getState();
    exact = advanced(exact, now - last, {
      rate: rateOf(speed, played.idle, played.to),
      idle: played.idle,
      to: played.to,
    });
    last = now;
    moveTo(exact);
    if (exact >= played.to) return stop();
    frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}

function stop(): void {
  if (frame !== undefined) cancelAnimationFrame(frame);
  frame = undefined;
  if (!playback.getState().isPlaying) return;
  playback.setState({ isPlaying: false });
  settle = setTimeout(settleMoment, 0);
}

let drawn = 0;
let totals: ReturnType<typeof setTimeout> | undefined;
let settle: ReturnType<typeof setTimeout> | undefined;

/** Many moves between two frames are one. */
function moveTo(wanted: number): void {
  const { played, at: before } = playback.getState();
  if (!played) return;
  const at = wanted >= played.to ? undefined : Math.max(0, Math.floor(wanted));
  if (at === before) return;
  playback.setState({ at });
  if (at === undefined) {
    clearTimeout(totals);
    clearTimeout(settle);
    totals = undefined;
    return studio.setState({ past: undefined });
  }
  if (drawn === 0) drawn = requestAnimationFrame(draw);
  clearTimeout(settle);
  settle = setTimeout(settleMoment, SETTLED_MS);
}

function settleMoment(): void {
  clearTimeout(settle);
  const { at, isPlaying } = playback.getState();
  if (isPlaying || at === undefined) return;
  giveTotals(at);
}

function draw(): void {
  drawn = 0;
  const { played, at } = playback.getState();
  const { model: now, past } = studio.getState();
  if (!played || at === undefined || !now) return;
  if (!past || past.model.run !== now.run) return giveTotals();
  redraw(past.model, played.history, at);
  past.model.renew(past.progress);
  totals ??= setTimeout(
    () => giveTotals(),
    past.progress.batches.total > LARGE_RUN_BATCHES ? LARGE_TOTALS_EVERY_MS : TOTALS_EVERY_MS,
  );
}

/** What the maps show now. */
let shown: { readonly model: RunModel; readonly at: number } | undefined;

/** Every map as it was then, in place. */
function redraw(model: RunModel, history: RunHistory, at: number): void {
  if (shown?.model === model && shown.at === at) return;
  shown = { model, at };
  const { maps } = model;
  const units = unitsOf(at, history);
  for (const part of history.parts) {
    const map = part.isMapped ? maps.get(part.node) : undefined;
    if (map) statusesAt(part, units, map.statuses);
  }
}

/** @param settled The moment, if it stays; else the last one that did */
function giveTotals(settled = studio.getState().past?.settled): void {
  clearTimeout(totals);
  totals = undefined;
  const { played, at } = playback.getState();
  const { model: now, progress, past } = studio.getState();
  if (!played || at === undefined || !now || !progress) return;
  const { history } = played;
  const model = past?.model.run === now.run ? past.model : pastModel(now);
  const units = unitsOf(at, history);
  redraw(model, history, at);
  const statusesOf = (part: PartHistory) => (part.isMapped ? model.maps.get(part.node)?.statuses : undefined);
  const then = progressAt(history, progress, units, part => statusesOf(part) ?? statusesAt(part, units));
  model.renew(then);
  studio.setState({ past: { at, settled, model, progress: then, history } });
}

function pastModel({ run, progress, maps }: RunModel): RunModel {
  const empty = [...maps.values()].map(({ node, path, length }) => ({ node, path, statuses: new Uint8Array(length) }));
  return new RunModel({ run, seq: 0, progress, maps: empty }, { isPast: true });
}

function unitsOf(at: number, { unit }: RunHistory): number {
  return Math.floor(at / unit);
}
