import type { Database } from 'better-sqlite3';
import { batchStatusNow } from '../../common/at-rest.ts';
import { attemptOrigins, type AttemptOrigin } from '../../engine/store/attempt-history.ts';
import { sourcesOfVersion } from '../../engine/store/code-versions.ts';
import { batchLabels, type BatchLabel } from '../../engine/store/batch-labels.ts';
import {
  batchesOfNode,
  comparedLines,
  haveSameOutput,
  ItemsInOrder,
  type ComparedLine,
  type ComparedNode,
} from '../../engine/store/compare-queries.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { latestSession } from '../../engine/store/queries.ts';
import { graphText, mappedOf, nodesOf } from '../../engine/store/run-queries.ts';
import type { Args, CodeChange, ComparedAttempt, ComparedBatch, Result, RunDifference } from '../api/api.ts';
import { codeChanges, type CodeFiles } from './code-changes.ts';
import { lineOf } from './runs.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';

/** With the first one: more stand beside each other on no screen. */
const MOST_ATTEMPTS = 12;

export function compareAttempts(
  store: StoreConnection,
  { run, scope, against }: Args<'compareAttempts'>,
): Result<'compareAttempts'> {
  const { db } = lineOf(store, run);
  const all = attemptOrigins(db, run, scope);
  const [first, ...later] = all;
  if (!first) throw new NoRunError(run, `batch ${scope}`);
  const latest = later.slice(-(MOST_ATTEMPTS - 1));
  const changes = codeOf(db, run);
  const compared = latest.map((attempt, at): ComparedAttempt => {
    // The one before on the screen: where some are left out, that is the first.
    const before = (against === 'before' ? latest[at - 1] : undefined) ?? first;
    const code = changes(before.session, attempt.session);
    return { ...shownOrigin(attempt), ...(code && { code }) };
  });
  return { attempts: [shownOrigin(first), ...compared], left: later.length - latest.length };
}

function shownOrigin({ attempt, session, input, at, who, reason }: AttemptOrigin): ComparedAttempt {
  return {
    attempt,
    input,
    ...(session !== null && { session }),
    ...(at !== null && { at }),
    ...(who !== null && { who }),
    ...(reason !== null && { reason }),
  };
}

/** What is other in the code of one session than in that of another; undefined where either is not on record. */
function codeOf(db: Database, run: number): (from: number | null, to: number | null) => CodeChange[] | undefined {
  const files = new Map<number, CodeFiles>();
  const filesOf = (session: number) => {
    const known = files.get(session) ?? sourcesOfVersion(db, { run, session });
    files.set(session, known);
    return known;
  };
  const graph = parseStoredGraph(graphText(db, run) ?? '{}');
  const latest = latestSession(db, run);
  return (from, to) => {
    if (from === null || to === null) return undefined;
    if (from === to) return [];
    const [before, after] = [filesOf(from), filesOf(to)];
    if (before.length === 0 || after.length === 0) return undefined;
    return codeChanges(before, after, { graph, latest: latest === undefined ? after : filesOf(latest) });
  };
}

/** So many batches are looked at for one answer, and so many bytes of their items and outputs. */
const LOOKED_AT = { batches: 2_000, bytes: 32_000_000 };

export function compareRuns(
  store: StoreConnection,
  { run, other, path, from }: Args<'compareRuns'>,
): Result<'compareRuns'> {
  const here = sideOf(store, run, path);
  const there = sideOf(store, other, path);
  const total = Math.max(here?.total ?? 0, there?.total ?? 0);
  const last = Math.min(from + LOOKED_AT.batches, total) - 1;
  const lines = (side: Side | undefined) =>
    new Map(side ? comparedLines(side.db, side, from, last).map(line => [line.idx, line]) : []);
  const [ours, theirs] = [lines(here), lines(there)];
  const batches: ComparedBatch[] = [];
  let bytes = 0;
  for (let index = from; index <= last; index += 1) {
    const [a, b] = [ours.get(index), theirs.get(index)];
    const { differs, read } = differences(here, a, there, b);
    if (differs.length > 0)
      batches.push({
        index,
        // Where both name it, as it is called here.
        ...(b && there?.labelOf(b.scope)),
        ...(a && here?.labelOf(a.scope)),
        differs,
        ...(here && a && { here: shownSide(a, here.live) }),
        ...(there && b && { there: shownSide(b, there.live) }),
      });
    bytes += read;
    if (bytes > LOOKED_AT.bytes) return { batches, next: index + 1 < total ? index + 1 : null, total };
  }
  return { batches, next: last + 1 < total ? last + 1 : null, total };
}

interface Side extends ComparedNode {
  readonly db: Database;
  readonly live: boolean;
  readonly total: number;
  readonly items: ItemsInOrder;
  readonly labelOf: (scope: number) => BatchLabel;
}

/** Undefined where the run has no such node, or not yet. */
function sideOf(store: StoreConnection, run: number, path: string): Side | undefined {
  const { db, line } = lineOf(store, run);
  const node = mappedOf(nodesOf(db, run)).find(other => other.path === path)?.node;
  if (node === undefined) return undefined;
  const total = batchesOfNode(db, { run, node });
  return { db, run, node, live: line.live, total, items: new ItemsInOrder(db, run), labelOf: batchLabels(db, run) };
}

/** @returns What differs, and how many bytes were read to find that out */
function differences(
  here: Side | undefined,
  a: ComparedLine | undefined,
  there: Side | undefined,
  b: ComparedLine | undefined,
): { differs: RunDifference[]; read: number } {
  if (!here || !there || !a || !b) return { differs: a || b ? ['state'] : [], read: 0 };
  const differs: RunDifference[] = [];
  if (batchStatusNow(a.status, here.live) !== batchStatusNow(b.status, there.live)) differs.push('state');
  const output = otherOutput(here, a, there, b);
  if (output.isOther) differs.push('output');
  const [ours, theirs] = [here.items.textOf(a.scope, a.attempt), there.items.textOf(b.scope, b.attempt)];
  if (ours !== theirs) differs.push('items');
  const pace = paceOf(a, b);
  if (pace) differs.push(pace);
  return { differs, read: output.read + (ours?.length ?? 0) + (theirs?.length ?? 0) };
}

/** Where they differ in length nothing is read. */
function otherOutput(here: Side, a: ComparedLine, there: Side, b: ComparedLine): { isOther: boolean; read: number } {
  const size = a.outputSize;
  if (size !== b.outputSize) return { isOther: true, read: 0 };
  const [one, other] = [outputPlace(here, a), outputPlace(there, b)];
  if (size === null || !one || !other) return { isOther: false, read: 0 };
  return { isOther: !haveSameOutput(here.db, one, other), read: size * 2 };
}

function outputPlace({ run }: Side, { scope, lastNode, lastAttempt }: ComparedLine) {
  return lastNode === null || lastAttempt === null ? undefined : { run, scope, node: lastNode, attempt: lastAttempt };
}

/** Shorter times differ by chance. */
const LEAST_DIFFERENCE_MS = 50;

function paceOf(a: ComparedLine, b: ComparedLine): 'slower' | 'faster' | undefined {
  const [ours, theirs] = [msOf(a), msOf(b)];
  if (ours === undefined || theirs === undefined || Math.abs(ours - theirs) < LEAST_DIFFERENCE_MS) return undefined;
  if (ours >= 2 * theirs) return 'slower';
  return theirs >= 2 * ours ? 'faster' : undefined;
}

function msOf({ startedAt, endedAt }: ComparedLine): number | undefined {
  return startedAt === null || endedAt === null ? undefined : endedAt - startedAt;
}

function shownSide(line: ComparedLine, live: boolean): NonNullable<ComparedBatch['here']> {
  const { scope, status, items, attempt, lastNode, lastAttempt, outputSize, message } = line;
  const ms = msOf(line);
  return {
    scope,
    status: batchStatusNow(status, live),
    items,
    attempts: attempt,
    ...(ms !== undefined && { ms }),
    ...(lastNode !== null &&
      lastAttempt !== null &&
      outputSize !== null && { output: { node: lastNode, attempt: lastAttempt } }),
    ...(message !== null && { message }),
  };
}
