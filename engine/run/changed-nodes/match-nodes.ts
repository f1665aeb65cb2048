import type { Graph } from '../../../common/graph.ts';
import { counted, type Unit } from '../../../common/format.ts';
import { hasBatches, hasMembers, hasRounds, partOf } from '../../../common/node-kinds.ts';
import { isInside, parentPath } from '../../../common/node-paths.ts';
import { workOf, type NodeWork } from '../../store/node-work.ts';
import type { StoreDatabase } from '../../store/open.ts';
import type { RerunChanges } from '../../store/rerun-changes.ts';
import { RerunReader } from '../../store/rerun-reader.ts';
import type { NodeLine } from '../../store/run-queries.ts';
import { describeValue } from '../../workflow/errors.ts';
import { RunNodes } from '../rerun/run-nodes.ts';
import { RerunError } from '../rerun/request.ts';
import type { NodeAnswers } from './answers.ts';
import { candidates, changedNodes, isInTheWay, type ChangedNode, type Moved } from './changes.ts';
import { nodesByPath } from './nodes-by-path.ts';
import { remakeResultsOf } from './member-results.ts';
import { movedMembers } from './moved-members.ts';
import { targetOf } from './targets.ts';
import { isWay, lostWayAnswers, lostWayLine, lostWays, moveWays, type LostWay } from './ways.ts';

/** Work of a run has no place in the file as it is now. Says which, and what can be done. */
export class ChangedNodesError extends Error {
  override readonly name = 'ChangedNodesError';
}

/** A run and today's code of its workflow. */
export interface Matching {
  readonly db: StoreDatabase;
  readonly run: number;
  /** Where what is to be written is noted. */
  readonly changes: RerunChanges;
  /** As it was drawn when the run was worked on last. */
  readonly before: Graph;
  readonly now: Graph;
}

/**
 * Gives nodes of a run their new paths: those whose caller says so, and members of lists that have moved for certain.
 * Returns their old paths by their numbers. @throws RerunError
 */
export function moveNodes({ db, run, changes, before, now }: Matching, { renamed = [] }: NodeAnswers): Moved {
  const reader = new RerunReader(db, run, changes);
  const stored = reader.nodes();
  const moves = movedMembers(nodesByPath(before), nodesByPath(now));
  const nodes = new RunNodes(stored);
  const [ways, names] = partition(renamed, ({ from }) => !nodes.has(from) && isWay(from, before));
  const paths = [...nodesByPath(now).keys()];
  for (const { from, to } of names)
    for (const node of nodes.find(from)) moves.set(nodes.path(node), targetOf(to, paths));
  const moved = stored.flatMap(node => {
    const path = movedPath(node.path, moves);
    return path === undefined || path === node.path ? [] : [{ ...node, to: path }];
  });
  const left = new Set(moved.map(({ path }) => path));
  const taken = moved.find(({ to }) => !left.has(to) && stored.some(({ path }) => path === to));
  if (taken)
    throw new RerunError(
      `${describeValue(taken.to)} has run already in run ${run}: ${describeValue(taken.path)} cannot be renamed to it.`,
    );
  for (const { node, to } of moved) changes.setPath(node, to);
  const oldPaths: Moved = new Map(moved.map(({ node, path }) => [node, path]));
  moveWays(reader, changes, { before, now }, node => pathBefore(node, oldPaths), ways);
  remakeResultsOf(reader, changes, now, oldPaths);
  return oldPaths;
}

function pathBefore({ node, path }: NodeLine, moved: Moved): string {
  return moved.get(node) ?? path;
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter(one => !isFirst(one))];
}

function movedPath(path: string, moves: ReadonlyMap<string, string>): string | undefined {
  const own = moves.get(path);
  if (own !== undefined) return own;
  const outer = [...moves.keys()].filter(from => isInside(path, from)).toSorted((a, b) => b.length - a.length)[0];
  return outer === undefined ? undefined : `${moves.get(outer)}${path.slice(outer.length)}`;
}

/** Notes the kinds that have changed where nothing that is stored stands in the way of it. */
export function noteKinds(matching: Matching, moved: Moved): void {
  for (const { node, work } of changedWork(matching, moved)) {
    if (node.now === 'another kind' && node.kindNow !== undefined && !isInTheWay(node, work))
      matching.changes.setKind(node.node, node.kindNow);
  }
}

/**
 * Makes sure that all work in use of a run has its place in the file, after batches have been reopened. @throws ChangedNodesError
 */
export function checkNodes(matching: Matching, moved: Moved): void {
  const inTheWay = changedWork(matching, moved).filter(({ node, work }) => isInTheWay(node, work));
  const { db, run, changes } = matching;
  const lost = lostWays(new RerunReader(db, run, changes), matching, node => pathBefore(node, moved));
  if (inTheWay.length + lost.length > 0) throw new ChangedNodesError(messageOf(matching, inTheWay, lost));
}

function changedWork({ db, run, changes, before, now }: Matching, moved: Moved): ChangedWork[] {
  const stored = new RerunReader(db, run, changes);
  const nodes = stored.nodes();
  return changedNodes(nodes, before, now, moved).map(node => {
    const work = workOf(stored, node.node);
    if (!hasMembers(node.kind)) return { node, work };
    // It has a result of its own only when its members have theirs.
    const members = nodes.filter(({ path }) => parentPath(path) === node.path);
    const results = members.reduce((sum, member) => sum + workOf(stored, member.node).results, work.results);
    return { node, work: { ...work, results } };
  });
}

interface ChangedWork {
  readonly node: ChangedNode;
  readonly work: NodeWork;
}

function messageOf(matching: Matching, changed: readonly ChangedWork[], lost: readonly LostWay[]): string {
  return [
    `Run ${matching.run} cannot continue with the file as it is now, because it has work of nodes that have changed:`,
    ...changed.map(({ node, work }) => `  ${lineOf(node, work, candidates(node, matching.before, matching.now))}`),
    ...lost.map(way => `  ${lostWayLine(way)}`),
    ...answersTo(matching, changed, lost),
  ].join('\n');
}

/** What can be done, for the first of them. */
function answersTo({ before, now }: Matching, [first]: readonly ChangedWork[], [way]: readonly LostWay[]): string[] {
  if (!first) return way ? lostWayAnswers(way) : [];
  const { path } = first.node;
  const [another = '<new name>'] = candidates(first.node, before, now);
  return [
    `If a node was renamed, say so: --renamed ${path}=${another}`,
    `To take its work out of use, so that it is done anew or not at all: --discard ${path}`,
  ];
}

function lineOf(node: ChangedNode, work: NodeWork, renamedTo: readonly string[]): string {
  const what = `${describeValue(node.path)} (${workText(node, work)})`;
  switch (node.now) {
    case 'gone':
      return `${what} is not in the file any more.${renamedTo.length === 0 ? '' : ` New in it: ${renamedTo.map(describeValue).join(', ')}.`}`;
    case 'another kind':
      return `${what} was a ${node.kind} and is a ${node.kindNow} now.`;
    case 'another member':
      return `${what} is a member of a list that has more or fewer members than before: it may be another one now.`;
  }
}

const ROUND: Unit = ['round', 'rounds'];
const RESULT: Unit = ['result', 'results'];

function workText({ kind }: NodeLine, { batches, results }: NodeWork): string {
  if (!hasBatches(kind) && !hasRounds(kind)) return counted(results, RESULT);
  const all = counted(batches.all, hasRounds(kind) ? ROUND : partOf(kind));
  return `${all}, ${batches.succeeded} succeeded`;
}
