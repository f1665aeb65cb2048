import { BATCH, counted, duration, ITEM, number, type Unit } from './format.ts';

/*
 * The differences between the kinds of nodes, except how each is built and executed. When you add a kind here, the compiler
 * names every other table that needs an entry for it.
 */

/** What a node does, in the words of its options, as the graph carries them. */
export type Settings = Readonly<Record<string, unknown>>;

export interface NodeKindInfo {
  /** What stands in it: a body that is repeated, members that run side by side, branches of which one is taken, or nothing. */
  readonly holds: 'body' | 'members' | 'branches' | 'nothing';
  /** What its body is repeated for; undefined where it has none. */
  readonly repeats: 'batches' | 'rounds' | undefined;
  /** What its batches are called and counted as: a forEach has one for each item. */
  readonly part: Unit | 'unit' | undefined;
  /** Its output is `ctx.last`, and can be read by its name. */
  readonly hasResult: boolean;
  /** Its title where the author gave it no name. */
  readonly title: string | undefined;
  /** What it does, for a card that has no figures to show. */
  readonly does: (settings: Settings) => string;
  /** The presentation lists it as a step on the way through the workflow. */
  readonly isStation: boolean;
}

export const NODE_KINDS = {
  step: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: undefined,
    does: settings => rulesText(settings) || 'step',
    isStation: true,
  },
  action: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: false,
    title: undefined,
    does: settings => rulesText(settings) || 'action',
    isStation: true,
  },
  if: {
    holds: 'branches',
    repeats: undefined,
    part: undefined,
    hasResult: false,
    title: undefined,
    does: () => 'condition',
    isStation: true,
  },
  batch: {
    holds: 'body',
    repeats: 'batches',
    part: BATCH,
    hasResult: true,
    title: undefined,
    does: settings => `in batches of ${number(numberIn(settings, 'size'))}`,
    isStation: true,
  },
  forEach: {
    holds: 'body',
    repeats: 'batches',
    part: 'unit',
    hasResult: true,
    title: undefined,
    does: () => 'one by one',
    isStation: true,
  },
  parallel: {
    holds: 'members',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: 'In parallel',
    does: parallelText,
    isStation: true,
  },
  race: {
    holds: 'members',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: 'First to finish',
    does: () => 'the first to finish wins',
    isStation: true,
  },
  while: {
    holds: 'body',
    repeats: 'rounds',
    part: undefined,
    hasResult: true,
    title: undefined,
    does: settings => `repeats, ${counted(numberIn(settings, 'maxRounds'), ['round', 'rounds'])} at most`,
    isStation: true,
  },
  sleep: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: false,
    title: 'Wait',
    does: settings =>
      typeof settings.ms === 'number' ? `waits ${duration(settings.ms)}` : 'waits for as long as its function says',
    isStation: true,
  },
  humanInTheLoop: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: 'Approval',
    does: settings => waitText('waits for approval', settings),
    isStation: true,
  },
  waitForEvent: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: 'Wait for an event',
    does: settings => waitText(`waits for ${String(settings.event)}`, settings),
    isStation: true,
  },
  subflow: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: true,
    title: undefined,
    does: settings => [`runs ${String(settings.workflow)}`, rulesText(settings)].filter(Boolean).join(' · '),
    isStation: true,
  },
  log: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: false,
    title: 'Log',
    does: ({ message }) => (typeof message === 'string' ? message : 'writes to the log'),
    isStation: false,
  },
  cancel: {
    holds: 'nothing',
    repeats: undefined,
    part: undefined,
    hasResult: false,
    title: 'Cancel the run',
    does: ({ reason }) => (typeof reason === 'string' ? reason : 'ends the run'),
    isStation: true,
  },
} as const satisfies Record<string, NodeKindInfo>;

export type NodeKind = keyof typeof NODE_KINDS;
type KindsWith<Property extends keyof NodeKindInfo, Value> = {
  [K in NodeKind]: (typeof NODE_KINDS)[K][Property] extends Value ? K : never;
}[NodeKind];
export type BatchKind = KindsWith<'repeats', 'batches'>;

/** The kinds that wait for a person or an event, for as long as it takes: nothing has to run meanwhile. */
export const DURABLE_WAITS = ['humanInTheLoop', 'waitForEvent'] as const satisfies readonly NodeKind[];
export type DurableWaitKind = (typeof DURABLE_WAITS)[number];

/** Whether a node of this kind waits for a person or an event. */
export function isDurableWait(kind: string): kind is DurableWaitKind {
  return (DURABLE_WAITS as readonly string[]).includes(kind);
}

/** Whether a node of this kind runs another workflow, in a run of its own. */
export function isSubflow(kind: string): boolean {
  return kind === 'subflow';
}

/** Why a run is cancelled by its workflow, where the author gives no reason. */
export const CANCEL_REASON = 'the workflow asked for it';

/** The kind under which a store holds the condition of a `while`: it is recorded like a step, and is no node of the graph. */
export const CONDITION_KIND = 'condition';

/** A kind as it was stored or sent; undefined where this version has no such kind. */
function infoOf(kind: string): NodeKindInfo | undefined {
  return Object.hasOwn(NODE_KINDS, kind) ? NODE_KINDS[kind as NodeKind] : undefined;
}

export function isNodeKind(kind: string): kind is NodeKind {
  return infoOf(kind) !== undefined;
}

/** The kinds of which something is true. */
export function kindsThat(is: (info: NodeKindInfo) => boolean): readonly NodeKind[] {
  return (Object.keys(NODE_KINDS) as NodeKind[]).filter(kind => is(NODE_KINDS[kind]));
}

/** Whether a node of this kind divides its items into batches. */
export function hasBatches(kind: string): kind is BatchKind {
  return infoOf(kind)?.repeats === 'batches';
}

/** Whether a node of this kind repeats its body in rounds, each of which is stored like a batch. */
export function hasRounds(kind: string): boolean {
  return infoOf(kind)?.repeats === 'rounds';
}

/** Whether other nodes stand in a node of this kind and run as a part of it. */
export function isContainer(kind: string): boolean {
  const holds = infoOf(kind)?.holds;
  return holds === 'body' || holds === 'members';
}

/** Whether a node of this kind chooses which of its branches is taken. */
export function isFork(kind: string): boolean {
  return infoOf(kind)?.holds === 'branches';
}

export function hasMembers(kind: string): boolean {
  return infoOf(kind)?.holds === 'members';
}

/** Whether a node of this kind has nothing in it. */
export function isLeaf(kind: string): boolean {
  return infoOf(kind)?.holds === 'nothing';
}

export function hasResult(kind: string): boolean {
  return infoOf(kind)?.hasResult === true;
}

/** What the batches of a node are called: batches, or the author's word for its items. */
export function partOf(kind: string, unit: Unit = ITEM): Unit {
  const part = infoOf(kind)?.part;
  return part === 'unit' ? unit : (part ?? BATCH);
}

/** Whether each batch of a node of this kind is one item. */
export function isItemByItem(kind: string): boolean {
  return infoOf(kind)?.part === 'unit';
}

/** The name that a node without one is given: `sleep-1`. */
export function madeUpName(kind: NodeKind, count: number): string {
  return `${kind}-${count}`;
}

/** What a node is called whose author gave it neither a title nor a name; undefined where its id is a name. */
export function titleWithoutName(kind: NodeKind, id: string): string | undefined {
  return id.startsWith(`${kind}-`) && /-\d+$/.test(id) ? NODE_KINDS[kind].title : undefined;
}

function rulesText(settings: Settings): string {
  const parts = [];
  const { retry, timeout, delay, onError } = settings;
  if (typeof retry === 'object' && retry !== null && 'attempts' in retry)
    parts.push(`${String(retry.attempts)} attempts`);
  if (typeof timeout === 'number') parts.push(`${duration(timeout)} at most`);
  if (typeof delay === 'number') parts.push(`after ${duration(delay)}`);
  if (onError === true) parts.push('has a fallback');
  return parts.join(' · ');
}

function parallelText({ maxConcurrency, timeout }: Settings): string {
  const together =
    typeof maxConcurrency !== 'number'
      ? 'all in parallel'
      : `${maxConcurrency === 1 ? 'one' : number(maxConcurrency)} at a time`;
  return typeof timeout === 'number' ? `${together} · ${duration(timeout)} at most` : together;
}

function waitText(what: string, { timeout }: Settings): string {
  return typeof timeout === 'number' ? `${what}, ${duration(timeout)} at most` : what;
}

function numberIn(settings: Settings, key: string): number {
  const value = settings[key];
  return typeof value === 'number' ? value : 0;
}
