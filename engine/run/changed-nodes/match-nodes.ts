import type { Graph } from '../../../common/graph.ts';
import { storedWorkText, type ChangedWork } from '../../../common/changed-work.ts';
import { hasMembers } from '../../../common/node-kinds.ts';
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
import { Places } from './check-moves.ts';
import { remakeResultsOf } from './member-results.ts';
import { movedMembers } from './moved-members.ts';
import { targetOf } from './targets.ts';
import { isWay, lostWays, moveWays, type LostWay } from './ways.ts';

/** Work of a run has no place in the file as it is now. Says which; how to answer depends on who is asked. */
export class ChangedNodesError extends Error {
  override readonly name = 'ChangedNodesError';
  readonly changed: readonly ChangedWork[];

  constructor(run: number, changed: readonly ChangedWork[]) {
    super(
      [
        `Run ${run} cannot continue with the file as it is now, because it has work of nodes that have changed:`,
        ...changed.map(work => `  ${lineOf(work)}`),
      ].join('\n'),
    );
    this.changed = changed;
  }
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
  const drawn = nodesByPath(now);
  const places = new Places(stored, drawn, path => movedPath(path, moves) ?? path);
  for (const [from, to] of [...moves]) if (!places.isSame(from, to)) moves.delete(from);
  const said = names.flatMap(({ from, to }) => nodes.find(from).map(node => [nodes.path(node), to] as const));
  for (const [from, to] of said) moves.set(from, targetOf(to, [...drawn.keys()]));
  for (const [from, to] of said) places.check(from, to);
  // Who says that a member stands where it stood has said which it is.
  const stays = stored.filter(({ path }) => moves.get(path) === path);
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
  const byPlace = Map.groupBy(moved, ({ to }) => to);
  for (const [to, [first, second]] of byPlace)
    if (first && second)
      throw new RerunError(
        `${describeValue(first.path)} and ${describeValue(second.path)} cannot both be ${describeValue(to)} now.`,
      );
  for (const { node, to } of moved) changes.setPath(node, to);
  const oldPaths: Moved = new Map([...moved, ...stays].map(({ node, path }) => [node, path]));
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
  if (inTheWay.length + lost.length === 0) return;
  throw new ChangedNodesError(run, [...inTheWay.map(found => toShow(matching, found)), ...lost.map(lostWayToShow)]);
}

interface Found {
  readonly node: ChangedNode;
  readonly work: NodeWork;
}

function changedWork({ db, run, changes, before, now }: Matching, moved: Moved): Found[] {
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

function toShow({ before, now }: Matching, { node, work }: Found): ChangedWork {
  return {
    path: node.path,
    kind: node.kind,
    now: node.now,
    kindNow: node.kindNow,
    batches: work.batches,
    results: work.results,
    candidates: candidates(node, before, now),
  };
}

function lostWayToShow({ node: { path, kind }, way, count, candidates: renamedTo }: LostWay): ChangedWork {
  const batches = { all: 0, succeeded: 0 };
  return { path, kind, now: 'lost way', way, batches, results: count, candidates: renamedTo };
}

function lineOf(work: ChangedWork): string {
  const { path, kind, kindNow, way = '', candidates: renamedTo } = work;
  const what = `${describeValue(path)} (${storedWorkText(work)})`;
  const isNew = renamedTo.length === 0 ? '' : ` New in it: ${renamedTo.map(describeValue).join(', ')}.`;
  switch (work.now) {
    case 'gone':
      return `${what} is not in the file any more.${isNew}`;
    case 'another kind':
      return `${what} was a ${kind} and is a ${kindNow} now.`;
    case 'another member':
      return `${what} is a member of a list that has more or fewer members than before: it may be another one now.`;
    case 'lost way':
      return `${what} took the way ${describeValue(way)}, which is not in the file any more.${isNew}`;
  }
}
