import {
  addressOf,
  causeKey,
  isStep,
  placeOf,
  type Chosen,
  type Looked,
  type Open,
  type Place,
} from '../model/address.ts';
import { NARROW } from '../model/breakpoints.ts';
import { causeSelection, failedSelection, mapAround, rangesSelection, type Selection } from '../model/selection.ts';
import { setPanel } from './actions.ts';
import { closeRun, openRun, openWorkflow } from './open-run.ts';
import { backToNow, goToMoment } from './past.ts';
import { countedNow } from './selected-counts.ts';
import { studio, type Inspected, type StudioState } from './studio.ts';

/* The page's address follows what is on screen, and what is on screen follows the address: reload, back and forward. */

/** The place that the address named when the page was loaded; undefined once it has been gone to. */
let start: Place | undefined;
/** What the address shows. */
let written: Place | undefined;
/** Counts the places gone to: one that takes long to open must not be shown over a later one. */
let followed = 0;
let following = 0;
let isToWrite = false;

/** Begins to keep the two the same. Before the session: it opens what the address names. */
export function beginAddresses(): void {
  start = placeOf(location.hash);
  written = start;
  studio.subscribe(writeSoon);
  window.addEventListener('popstate', () => {
    // The link of a server that was started again, opened where its page was: the key in it is taken at a load.
    if (location.hash.startsWith('#key=')) return location.reload();
    const place = placeOf(location.hash);
    if (!place) return write();
    written = place;
    void follow(place);
  });
}

/** Goes to the place in the address that the page was loaded with, if any. Resolves with whether it is there. */
export function goToStart(): Promise<boolean> | undefined {
  const place = start;
  start = undefined;
  return place && follow(place);
}

/** Goes to the place of an address, as a link in it does. */
export async function goTo(address: string): Promise<boolean> {
  const place = placeOf(address);
  return place !== undefined && (await follow(place));
}

/** The address of what is on screen: what *Copy link* copies. */
export function currentAddress(): string | undefined {
  const state = studio.getState();
  const place = placeNow(state);
  return place && addressOf({ ...place, at: state.past?.at });
}

async function follow(place: Place): Promise<boolean> {
  const token = (followed += 1);
  following += 1;
  try {
    const { view, presenting, drawer, batches, compare, tab } = place;
    const opened = open(place.open);
    studio.setState({ view, presenting, drawer, batches, compare });
    const isThere = await opened;
    if (token !== followed) return true;
    if (!isThere) return false;
    const state = studio.getState();
    if (!isSame(place.open, openOf(state))) return true;
    studio.setState({
      inspected: inspectedOf(place.looked, state),
      inspectorTab: tab,
      selection: countedNow(place.chosen && selectionOf(place.chosen, state), state.model),
    });
    // There the inspector lies over the views and is closed: who follows a link to an error is to see it.
    if (place.tab !== 'summary' && matchMedia(NARROW).matches) setPanel('inspector', true);
    if (place.at !== undefined) await goToMoment(place.at);
    else if (state.past) backToNow();
    return true;
  } finally {
    following -= 1;
    write();
  }
}

/** Resolves with whether it is there to be seen. */
async function open(wanted: Open): Promise<boolean> {
  if (isSame(wanted, openOf(studio.getState()))) return true;
  if (wanted.kind === 'workflow') {
    openWorkflow(wanted.file, wanted.workflow);
    return true;
  }
  await openRun(wanted.run);
  const { runId, model } = studio.getState();
  if (runId !== wanted.run || model) return true;
  closeRun();
  // The list of runs is the way on.
  studio.setState(({ panels }) => ({
    missingRun: wanted.run,
    workflow: undefined,
    presenting: false,
    panels: { ...panels, sidebar: true },
  }));
  return false;
}

/** What one click changes in several steps is one place. */
function writeSoon(): void {
  if (isToWrite) return;
  isToWrite = true;
  queueMicrotask(() => {
    isToWrite = false;
    write();
  });
}

function write(): void {
  if (following > 0 || start) return;
  const place = placeNow(studio.getState());
  if (!place) return;
  const address = addressOf(place);
  if (address === location.hash) {
    written = place;
    return;
  }
  // The first place is not one that a person came to from another.
  if (written && isStep(written, place)) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  written = place;
}

/** Undefined while nothing is open, and while it is not known yet how its nodes are called. */
function placeNow(state: StudioState): Place | undefined {
  const open = openOf(state);
  if (!open || (open.kind === 'run' && !state.model)) return undefined;
  const { view, presenting, drawer, batches, compare, inspectorTab: tab, selection, inspected, past } = state;
  return {
    open,
    view,
    presenting,
    drawer,
    batches,
    compare,
    tab,
    looked: lookedAt(inspected, state),
    chosen: selection && chosenIn(selection),
    at: past?.settled,
  };
}

function openOf({ runId, workflow }: StudioState): Open | undefined {
  if (runId !== undefined) return { kind: 'run', run: runId };
  return workflow && { kind: 'workflow', ...workflow };
}

function isSame(a: Open, b: Open | undefined): boolean {
  if (a.kind === 'run') return b?.kind === 'run' && a.run === b.run;
  return b?.kind === 'workflow' && a.file === b.file && a.workflow === b.workflow;
}

function lookedAt(inspected: Inspected, { progress }: StudioState): Looked {
  if (inspected.kind !== 'batch') return inspected;
  const path = progress?.nodes.find(({ node }) => node === inspected.node)?.path;
  return path === undefined
    ? { kind: 'run' }
    : { kind: 'batch', path, index: inspected.index, parent: inspected.parent };
}

/** The run, where there is no such node in it. */
function inspectedOf(looked: Looked, { progress, model }: StudioState): Inspected {
  if (looked.kind !== 'batch') return looked;
  const { path, index, parent } = looked;
  const [first] = model?.maps.keys() ?? [];
  const node = path === '' ? first : progress?.nodes.find(other => other.path === path)?.node;
  if (node === undefined) return { kind: 'run' };
  return { kind: 'batch', node, index, ...(parent !== undefined && { parent }) };
}

function chosenIn({ path, where, cause }: Selection): Chosen | undefined {
  if (cause) return { path, which: { kind: 'cause', key: causeKey(cause.fingerprint) } };
  if (where.ranges) return { path, which: { kind: 'ranges', ranges: where.ranges } };
  return where.statuses ? { path, which: { kind: 'failed' } } : undefined;
}

/** Nothing, where there are none of those batches any more. */
function selectionOf({ path, which }: Chosen, { model, problems, progress }: StudioState): Selection | undefined {
  const maps = [...(model?.maps.values() ?? [])];
  if (which.kind === 'cause') {
    const alike = (problems?.causes ?? []).filter(({ fingerprint }) => causeKey(fingerprint) === which.key);
    const cause = alike.find(other => other.path === path) ?? alike[0];
    return cause && causeSelection(cause, maps);
  }
  if (which.kind === 'ranges') {
    const map = path === '' ? maps[0] : mapAround(maps, path);
    return map && rangesSelection(map, which.ranges);
  }
  const found = progress?.nodes.find(other => other.path === path);
  return found && failedSelection(found.node, path, found.batches.failed);
}
