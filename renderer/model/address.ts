import { BATCH_STATUS_NAMES, type BatchStatusName } from '../../common/status.ts';
import { mergeRanges, type Ranges, type ReadonlyRanges } from '../../common/ranges.ts';
import { VIEWS, type View } from '../../host/api/app-command.ts';
import { compareOf, noteCompare, type CompareShown } from './compare/compare-address.ts';
import { oneOf, whole } from './query-values.ts';

/*
 * The address of what is on screen: `#/run/4/batches?node=check&batch=17&tab=error`. It names batch nodes by their paths,
 * as the author does, and leaves out what is as it is at first. Nothing in it is trusted: what cannot be understood is
 * as it is at first, too.
 */

export const DRAWER_TABS = ['problems', 'logs', 'playback'] as const;
export type DrawerTab = (typeof DRAWER_TABS)[number];

export const INSPECTOR_TABS = [
  'summary',
  'input',
  'output',
  'error',
  'logs',
  'attempts',
  'effects',
  'aside',
  'state',
  'source',
] as const;
export type InspectorTab = (typeof INSPECTOR_TABS)[number];

export const COLOURINGS = ['status', 'duration', 'attempt', 'cause', 'worker', 'data'] as const;
export type ColourBy = (typeof COLOURINGS)[number];

/** What the table and the map of batches are filtered and coloured by. */
export interface BatchesShown {
  readonly statuses: readonly BatchStatusName[];
  readonly search: string;
  /** Whose batches are shown, by the numbers of workers; empty: everybody's. */
  readonly workers: readonly number[];
  readonly by: ColourBy;
  /** What they are coloured by where `by` is `data`, as it was typed. */
  readonly expression: string;
  /** The batch whose attempts are shown below its row. */
  readonly unfolded: number | undefined;
}

export const ALL_BATCHES: BatchesShown = {
  statuses: [],
  search: '',
  workers: [],
  by: 'status',
  expression: '',
  unfolded: undefined,
};

/** What is open: a run, or a workflow without one. */
export type Open =
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'workflow'; readonly file: string; readonly workflow: string };

/** What the inspector shows, by paths of nodes. */
export type Looked =
  | { readonly kind: 'run' }
  | { readonly kind: 'node'; readonly path: string }
  | {
      readonly kind: 'batch';
      /** Empty: the run's first batch node, in an address that a person typed. */
      readonly path: string;
      readonly index: number;
      /** The scope around it, of a batch inside others. */
      readonly parent?: number | undefined;
    };

/** What is selected: batches of a node. */
export interface Chosen {
  readonly path: string;
  readonly which:
    | { readonly kind: 'failed' }
    | { readonly kind: 'ranges'; readonly ranges: ReadonlyRanges }
    | { readonly kind: 'cause'; readonly key: string };
}

export interface Place {
  readonly open: Open;
  readonly view: View;
  readonly presenting: boolean;
  readonly looked: Looked;
  readonly tab: InspectorTab;
  readonly drawer: DrawerTab;
  readonly batches: BatchesShown;
  readonly compare: CompareShown;
  readonly chosen?: Chosen | undefined;
  /** The moment of the run that is shown, in milliseconds since it began; undefined: now. */
  readonly at?: number | undefined;
}

const PRESENT = 'present';
const MOST_RANGES = 200;
const MOST_WORKERS = 2_000;

/**
 * Stands for a cause in an address: its fingerprint has the path of the author's file in it, which is long, and nobody
 * else's business. 32 bits (FNV-1a) tell the causes of a run apart.
 */
export function causeKey(fingerprint: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < fingerprint.length; at += 1)
    hash = Math.imul(hash ^ fingerprint.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

export function addressOf(place: Place): string {
  const { open, view, presenting, looked, chosen, batches } = place;
  const parts = open.kind === 'run' ? ['run', String(open.run)] : ['workflow', open.file, open.workflow];
  parts.push(presenting ? PRESENT : view);
  const query = new URLSearchParams();
  const note = (name: string, value: string | number | undefined, first?: string) => {
    if (value !== undefined && value !== '' && value !== first) query.set(name, String(value));
  };
  if (presenting) note('view', view, VIEWS[0]);
  if (looked.kind !== 'run') note('node', looked.path);
  if (looked.kind === 'batch') {
    note('batch', looked.index);
    note('in', looked.parent);
  }
  note('tab', place.tab, INSPECTOR_TABS[0]);
  if (chosen) {
    note('of', chosen.path, looked.kind === 'run' ? undefined : looked.path);
    if (chosen.which.kind === 'cause') note('cause', chosen.which.key);
    else if (chosen.which.kind === 'failed') note('select', 'failed');
    // One that lies in thousands of places has no place in an address.
    else if (chosen.which.ranges.length <= MOST_RANGES) note('select', rangesText(chosen.which.ranges));
  }
  note('status', batches.statuses.join(','));
  note('search', batches.search);
  note('workers', rangesText(mergeRanges(batches.workers.map(worker => [worker, worker]))));
  note('colour', batches.by, COLOURINGS[0]);
  note('expression', batches.expression);
  note('unfolded', batches.unfolded);
  note('drawer', place.drawer, DRAWER_TABS[0]);
  if (open.kind === 'run') note('at', place.at);
  noteCompare(note, place.compare);
  const asked = query.size > 0 ? `?${query.toString()}` : '';
  return `#/${parts.map(encodeURIComponent).join('/')}${asked}`;
}

/** The address of a batch of some run, among its batches. */
export function batchAddress(run: number, path: string, batch: number): string {
  return `#/run/${run}/batches?${new URLSearchParams({ node: path, batch: String(batch) }).toString()}`;
}

/** @param address What follows the page's own address: `#/run/4/batches?batch=17` */
export function placeOf(address: string): Place | undefined {
  const [, way = '', asked = ''] = /^#\/([^?]*)(?:\?(.*))?$/s.exec(address) ?? [];
  const parts = way.split('/').map(decoded);
  const open = openOf(parts);
  if (!open) return undefined;
  const [shown] = parts.slice(open.kind === 'run' ? 2 : 3);
  const query = new URLSearchParams(asked);
  const presenting = shown === PRESENT;
  return {
    open,
    view: oneOf(VIEWS, presenting ? query.get('view') : shown),
    presenting,
    looked: lookedOf(query),
    tab: oneOf(INSPECTOR_TABS, query.get('tab')),
    drawer: oneOf(DRAWER_TABS, query.get('drawer')),
    batches: {
      statuses: BATCH_STATUS_NAMES.filter(status => query.get('status')?.split(',').includes(status)),
      search: query.get('search') ?? '',
      workers: rangesOf(query.get('workers') ?? '')
        .flatMap(([from, to]) => Array.from({ length: Math.min(to - from + 1, MOST_WORKERS) }, (_, at) => from + at))
        .slice(0, MOST_WORKERS),
      by: oneOf(COLOURINGS, query.get('colour')),
      expression: query.get('expression') ?? '',
      unfolded: whole(query.get('unfolded')),
    },
    compare: compareOf(query),
    chosen: chosenOf(query),
    at: open.kind === 'run' ? whole(query.get('at')) : undefined,
  };
}

/** Whether going from one to the other is a step that a person goes back over; else it only changes how a place is looked at. */
export function isStep(before: Place, now: Place): boolean {
  const way = ({ open, view, presenting, looked, compare: { mode, other } }: Place) =>
    JSON.stringify([open, view, presenting, looked, mode, other]);
  return way(before) !== way(now);
}

function openOf([kind, first, second]: readonly string[]): Open | undefined {
  if (kind === 'run') {
    const run = whole(first);
    return run === undefined ? undefined : { kind: 'run', run };
  }
  if (kind !== 'workflow' || !first) return undefined;
  return { kind: 'workflow', file: first, workflow: second ?? '' };
}

function lookedOf(query: URLSearchParams): Looked {
  const path = query.get('node') ?? '';
  const index = whole(query.get('batch'));
  if (index !== undefined) return { kind: 'batch', path, index, parent: whole(query.get('in')) };
  return path === '' ? { kind: 'run' } : { kind: 'node', path };
}

function chosenOf(query: URLSearchParams): Chosen | undefined {
  const path = query.get('of') ?? query.get('node') ?? '';
  const key = query.get('cause');
  if (key !== null && key !== '') return { path, which: { kind: 'cause', key } };
  const which = query.get('select');
  if (which === 'failed') return { path, which: { kind: 'failed' } };
  const ranges = rangesOf(which ?? '');
  return ranges.length > 0 ? { path, which: { kind: 'ranges', ranges } } : undefined;
}

/** `0-4,17` */
function rangesText(ranges: ReadonlyRanges): string {
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

function rangesOf(text: string): Ranges {
  return mergeRanges(
    text.split(',').flatMap((part): Ranges => {
      const [from, to = from] = part.split('-').map(whole);
      return from === undefined || to === undefined || to < from ? [] : [[from, to]];
    }),
  );
}

/** As it is, where it was never encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
