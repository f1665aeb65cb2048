import type { Database } from 'better-sqlite3';
import { matches, valueOf } from '../../common/expression/evaluate.ts';
import { parseExpression } from '../../common/expression/parse.ts';
import { isCondition, usesOf, type Scalar } from '../../common/expression/syntax.ts';
import { findNode } from '../../common/graph-nodes.ts';
import { idOf, isInside } from '../../common/node-paths.ts';
import { batchSubjects } from '../../engine/store/batch-subjects.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { nodesOf } from '../../engine/store/run-queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import type { Args, Result } from '../api/api.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** An expression names a step that there is not. */
export class NoStepError extends Error {
  override readonly name = 'NoStepError';
}

/** After so long the page is answered, however large the items are: what waits for this thread has its turn. */
const PAGE_MS = 80;
/** A page of fewer is not worth its answer. */
const LEAST = 64;
const MOST = 20_000;
const MOST_NAMED = 10;

/** What an expression comes to for batches of an outermost node, from a place on. */
export function evaluateBatches(
  store: StoreConnection,
  { run, node, expression: text, from }: Args<'evaluateBatches'>,
): Result<'evaluateBatches'> {
  const { db } = lineOf(store, run);
  const expression = parseExpression(text);
  const uses = usesOf(expression);
  const steps = stepsCalled(db, run, node, uses.steps);
  const until = performance.now() + PAGE_MS;
  const known = new Map<Scalar, number>();
  const ids: number[] = [];
  const mixed: number[] = [];
  let next: number | null = null;
  const hasTime = () => ids.length < MOST && (ids.length < LEAST || performance.now() < until);
  for (const { index, subject } of batchSubjects(db, { run, node, uses, steps }, from)) {
    if (!hasTime()) {
      next = index;
      break;
    }
    const { value, isMixed } = isCondition(expression)
      ? { value: matches(expression, subject), isMixed: false }
      : valueOf(expression, subject);
    // A place in between that a damaged store does not have.
    while (from + ids.length < index && ids.length < MOST) {
      ids.push(0);
      mixed.push(0);
    }
    if (value !== undefined && !known.has(value)) known.set(value, known.size + 1);
    ids.push(value === undefined ? 0 : (known.get(value) ?? 0));
    mixed.push(isMixed ? 1 : 0);
  }
  return { values: [...known.keys()], ids: Uint32Array.from(ids), mixed: Uint8Array.from(mixed), next };
}

/** @throws NoStepError */
function stepsCalled(
  db: Database,
  run: number,
  node: number,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly number[]> {
  if (names.size === 0) return new Map();
  const graph = parseStoredGraph(requireRun(db, run).graph);
  const all = nodesOf(db, run);
  const around = all.find(other => other.node === node)?.path ?? '';
  const inside = all
    .filter(({ path }) => isInside(path, around))
    .map(other => ({ ...other, title: findNode(graph.nodes, other.path)?.title ?? idOf(other.path) }));
  return new Map(
    Array.from(names, name => {
      const found = inside.filter(({ path, title }) => title === name || idOf(path) === name || path === name);
      if (found.length > 0) return [name, found.map(other => other.node)];
      const known = [...new Set(inside.map(({ title }) => title))].slice(0, MOST_NAMED).join(', ');
      throw new NoStepError(`No step of this batch that has begun is called “${name}”. There is: ${known || 'none'}.`);
    }),
  );
}
