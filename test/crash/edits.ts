import { nodesByPath } from '../../engine/run/changed-nodes/nodes-by-path.ts';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { outermost } from '../../common/node-paths.ts';
import { StepStatus } from '../../common/status.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { nameOf } from './build.ts';
import { definitionOf } from './reference.ts';
import type { Plan, PlanLoop, PlanNode, Random } from './plan.ts';
import type { StoreRecord } from './record.ts';
import { firstName } from './world.ts';

/*
 * What an author does to the file of a run between a kill and the next resume. A node that is renamed keeps its first
 * name in front of a mark, so that a place is the same place under all its names.
 */

type EditKind = (typeof EDITS)[number];
const EDITS = ['rename', 'rename', 'rename', 'rename', 'concurrency', 'one by one', 'size', 'add', 'remove'] as const;

export interface Edit {
  readonly kind: EditKind;
  readonly plan: Plan;
  readonly what: string;
}

/** What of a run's outcome is still as in the workflow that nobody has edited. */
export const LEFT_ALIKE = {
  rename: ['batches', 'steps', 'state', 'status', 'output'],
  concurrency: ['batches', 'steps', 'state', 'status', 'output'],
  'one by one': ['batches', 'steps', 'state', 'status', 'output'],
  // What comes after the step has another `ctx.last`.
  add: ['batches', 'state', 'status'],
  remove: ['batches', 'state', 'status'],
  // Other items stand first in a batch, and it is by these that steps are broken.
  size: [],
} as const;

/** A plan in which each node says its name: another node before it does not change it any more. */
export function withNames(plan: Plan): Plan {
  return plan.map((node, index): PlanNode => {
    const name = nameOf(node, index);
    switch (node.kind) {
      case 'batch':
      case 'forEach':
      case 'while':
        return { ...node, name, body: withNames(node.body) };
      case 'if':
        return { ...node, name, inside: withNames(node.inside), otherwise: withNames(node.otherwise) };
      default:
        return { ...node, name };
    }
  });
}

/** One change of a plan with names; undefined where none of the kind that came up is possible. */
export function randomEdit(plan: Plan, random: Random, count: number): Edit | undefined {
  const kind = random.pick(EDITS);
  const mark = `~${count}`;
  switch (kind) {
    case 'rename':
      return changed(plan, kind, random, isRenamable, node => [
        { ...node, name: `${firstName(node.name ?? '')}${mark}` },
      ]);
    case 'concurrency':
      return changed(plan, kind, random, isLoop, node => [
        // What runs alone counts in ways in which it would not beside others.
        isLoop(node) && node.concurrency > 1 ? { ...node, concurrency: random.int(2, node.concurrency) } : node,
      ]);
    case 'one by one':
      return changed(plan, kind, random, isOneByOne, node => [
        isLoop(node) ? { ...node, kind: node.kind === 'batch' ? 'forEach' : 'batch' } : node,
      ]);
    case 'size':
      return changed(
        plan,
        kind,
        random,
        node => node.kind === 'batch' && !node.body.some(inner => isLoop(inner)),
        node => [isLoop(node) ? { ...node, size: node.size + random.int(1, 3) } : node],
      );
    case 'add':
      return changed(plan, kind, random, isPlain, node => [
        { kind: 'step', name: `added${count}`, ms: random.pick([0, -1, 2]) },
        node,
      ]);
    case 'remove':
      return changed(plan, kind, random, isPlain, () => []);
  }
}

function isRenamable({ kind }: PlanNode): boolean {
  return kind !== 'sleep';
}

function isLoop(node: PlanNode): node is PlanLoop {
  return node.kind === 'batch' || node.kind === 'forEach';
}

function isOneByOne(node: PlanNode): boolean {
  return isLoop(node) && node.size === 1;
}

/** A step by which nothing is counted, and on which nothing depends. */
function isPlain(node: PlanNode): boolean {
  return node.kind === 'step' && !node.counts && !node.flaky && node.breaksFor === undefined && !node.leavesChild;
}

function changed(
  plan: Plan,
  kind: EditKind,
  random: Random,
  isMeant: (node: PlanNode) => boolean,
  into: (node: PlanNode) => PlanNode[],
): Edit | undefined {
  const meant = nodesOf(plan).filter(isMeant);
  if (meant.length === 0) return undefined;
  const chosen = random.pick(meant);
  return { kind, what: `${kind} ${chosen.name}`, plan: replaced(plan, chosen, into(chosen)) };
}

function nodesOf(plan: Plan): PlanNode[] {
  return plan.flatMap(node => [node, ...insidesOf(node).flatMap(nodesOf)]);
}

function insidesOf(node: PlanNode): Plan[] {
  switch (node.kind) {
    case 'batch':
    case 'forEach':
    case 'while':
      return [node.body];
    case 'if':
      return [node.inside, node.otherwise];
    default:
      return [];
  }
}

function replaced(plan: Plan, chosen: PlanNode, by: PlanNode[]): Plan {
  const inside = (inner: Plan) => replaced(inner, chosen, by);
  return plan.flatMap((node): PlanNode[] => {
    if (node === chosen) return by;
    switch (node.kind) {
      case 'batch':
      case 'forEach':
      case 'while':
        return [{ ...node, body: inside(node.body) }];
      case 'if':
        return [{ ...node, inside: inside(node.inside), otherwise: inside(node.otherwise) }];
      default:
        return [node];
    }
  });
}

/** What is to be said of a run when it is taken up with the plan as it is now. */
export interface Needed {
  /** Whether it must not go on without being told. */
  readonly isNeeded: boolean;
  readonly answers: NodeAnswers;
}

export const NOTHING_NEEDED: Needed = { isNeeded: false, answers: {} };

export function answersFor(
  { paths, attempts, split, outcome }: StoreRecord,
  plan: Plan,
  folder: string,
  kind: 'resume' | 'rerun',
): Needed {
  const drawn = [...nodesByPath(drawGraph(definitionOf(plan, folder))).keys()];
  const now = new Map(drawn.map(path => [firstName(path), path]));
  const gone = paths.filter(path => !drawn.includes(path) && !path.endsWith('/?'));
  const renamed = gone.flatMap(from => {
    const to = now.get(firstName(from));
    return to === undefined ? [] : [{ from, to }];
  });
  // A discard takes work out of use that would else be left where it is.
  const discard = outermost(gone.filter(path => !now.has(firstName(path))).map(path => ({ path }))).map(
    ({ path }) => path,
  );
  // A batch that is done asks for nothing. One that has failed only does in a re-run, or where a batch around it goes on.
  const isOpen = (place: string) =>
    [...place.matchAll(/\]/g)].every(({ index }, level) => {
      const [status] = (outcome.batches[place.slice(0, index + 1)] ?? []) as [status?: string];
      if (level === 0 && status === 'failed') return kind === 'rerun';
      return status !== 'succeeded' && status !== undefined;
    });
  const hasWork = (path: string) =>
    [...attempts].some(
      ([place, all]) =>
        isOpen(place) && all.some(attempt => attempt.path === path && attempt.status === StepStatus.succeeded),
    ) ||
    [...split].some(
      ([place, items]) => items > 0 && isOpen(place) && place.replaceAll(/\[\d+\]/g, '') === firstName(path),
    );
  return { isNeeded: gone.some(hasWork), answers: { renamed, discard } };
}
