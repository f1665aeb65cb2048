import { batchStatusNow } from '../../common/at-rest.ts';
import { isLeaf } from '../../common/node-kinds.ts';
import { activeUntil } from '../../common/run-as-shown.ts';
import { batchLabels, type BatchLabel } from '../../engine/store/batch-labels.ts';
import { nodesOf, outermostBatchNodes } from '../../engine/store/run-queries.ts';
import {
  countSpans,
  edges,
  spans,
  stepSpans,
  type Edge,
  type Span,
  type SpansOf,
  type StepSpan,
} from '../../engine/store/timeline-queries.ts';
import type { Args, Timeline } from '../api/api.ts';
import type { StoreConnection } from './store-connection.ts';
import { lineOf } from './runs.ts';

const MOST_BARS = 2_000;
/** Attempts of steps that are shown inside the bars of their batches. Where there are more, nobody could tell them apart. */
const MOST_STEPS = 4_000;

/** What ran when: bars while there are few enough, else how many ran at a time. */
export function getTimeline(
  store: StoreConnection,
  { run, from: askedFrom, to: askedTo, columns }: Args<'getTimeline'>,
): Timeline {
  const { db, line } = lineOf(store, run);
  const nodes = nodesOf(db, run);
  const open = activeUntil(line, Date.now());
  const from = askedFrom ?? line.startedAt;
  const to = Math.max(askedTo ?? open, from + 1);
  const batchNodes = outermostBatchNodes(nodes);
  const of: SpansOf = {
    run,
    from,
    to,
    open,
    batchNodes: batchNodes.map(({ node }) => node),
    stepNodes: nodes.filter(({ kind }) => isLeaf(kind)).map(({ node }) => node),
  };
  const paths = new Map(nodes.map(({ node, path }) => [node, path]));
  if (countSpans(db, of, MOST_BARS + 1) <= MOST_BARS) {
    const found = spans(db, of);
    const scopes = new Set(found.filter(({ scope }) => scope !== 0).map(({ scope }) => scope));
    const steps = stepSpans(db, of, [...scopes], MOST_STEPS) ?? [];
    return {
      from,
      to,
      ...asBars(found, steps, paths, new Set(of.batchNodes), batchLabels(db, run), line.live),
      bands: [],
      gaps: gapsBetween(found, from, to),
    };
  }
  const bands = asBands(edges(db, of, 'begin', columns), edges(db, of, 'end', columns), paths, columns, to - from);
  return { from, to, lanes: 0, bars: [], bands, gaps: emptyColumns(bands, columns, from, to) };
}

/** Bars of one node lie together; two that overlap in time lie in lanes of their own. */
function asBars(
  found: readonly Span[],
  steps: readonly StepSpan[],
  paths: ReadonlyMap<number, string>,
  batchNodes: ReadonlySet<number>,
  labelOf: (scope: number) => BatchLabel,
  live: boolean,
): Pick<Timeline, 'bars' | 'lanes'> {
  const lanesOf = new Map<number, number[]>();
  const placed = found.map(span => {
    let ends = lanesOf.get(span.node);
    if (!ends) lanesOf.set(span.node, (ends = []));
    let lane = ends.findIndex(end => end <= span.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = span.to;
    return { span, lane };
  });
  const firstLane = new Map<number, number>();
  let lanes = 0;
  for (const [node, ends] of lanesOf) {
    firstLane.set(node, lanes);
    lanes += ends.length;
  }
  const byAttempt = Map.groupBy(steps, ({ scope, batchAttempt }) => `${scope} ${batchAttempt}`);
  const stepsIn = ({ node, scope, attempt }: Span) =>
    (batchNodes.has(node) ? (byAttempt.get(`${scope} ${attempt}`) ?? []) : []).map(step => ({
      path: paths.get(step.node) ?? '',
      status: batchStatusNow(step.status, live),
      from: step.from,
      to: step.to,
      attempt: step.attempt,
      ...(step.waitedTo !== null && step.waitedTo > step.to && { waitedTo: step.waitedTo }),
    }));
  const bars = placed.map(({ span, span: { node, scope, idx, status, attempt, from, to, worker }, lane }) => {
    const isBatch = batchNodes.has(node) && idx !== null;
    return {
      lane: (firstLane.get(node) ?? 0) + lane,
      node,
      path: paths.get(node) ?? '',
      scope,
      ...(isBatch && { index: idx, ...labelOf(scope) }),
      status: batchStatusNow(status, live),
      from,
      to,
      attempt,
      ...(worker !== null && { worker }),
      steps: stepsIn(span),
    };
  });
  return { bars, lanes };
}

/** Of each node, how many ran on average in each column, and how many of those failed. */
function asBands(
  begins: readonly Edge[],
  ends: readonly Edge[],
  paths: ReadonlyMap<number, string>,
  columns: number,
  span: number,
): Timeline['bands'] {
  const nodes = [...new Set(begins.map(({ node }) => node))];
  const width = span / columns;
  return nodes.map(node => {
    const running = new Float64Array(columns);
    const failed = new Float64Array(columns);
    const add = (edge: Edge, sign: 1 | -1) => {
      // In its own column it counts for the rest of it, in all later ones in full: those are added up below.
      const inColumn = (sign * ((edge.column + 1) * width * edge.spans - edge.times)) / width;
      for (const band of edge.failed ? [running, failed] : [running]) {
        band[edge.column] = (band[edge.column] ?? 0) + inColumn;
        const next = edge.column + 1;
        if (next < columns) band[next] = (band[next] ?? 0) + sign * edge.spans - inColumn;
      }
    };
    for (const edge of begins) if (edge.node === node) add(edge, 1);
    for (const edge of ends) if (edge.node === node) add(edge, -1);
    return { path: paths.get(node) ?? '', node, running: summedUp(running), failed: summedUp(failed) };
  });
}

function summedUp(changes: Float64Array): Float32Array<ArrayBuffer> {
  let sum = 0;
  return Float32Array.from(changes, change => {
    sum += change;
    // Sums of fractions leave dust behind.
    return Math.abs(sum) < 1e-6 ? 0 : sum;
  });
}

/** Spans of at least a tenth of the whole in which nothing ran. The spans found are in the order in which they began. */
function gapsBetween(found: readonly Span[], from: number, to: number): Timeline['gaps'] {
  const gaps: Timeline['gaps'] = [];
  let end = from;
  for (const span of [...found, { from: to, to }]) {
    if (span.from - end > (to - from) / 10) gaps.push([end, span.from]);
    end = Math.max(end, span.to);
  }
  return gaps;
}

function emptyColumns(bands: Timeline['bands'], columns: number, from: number, to: number): Timeline['gaps'] {
  const gaps: Timeline['gaps'] = [];
  const at = (column: number) => from + ((to - from) * column) / columns;
  for (let column = 0; column < columns;) {
    let end = column;
    while (end < columns && bands.every(({ running }) => (running[end] ?? 0) === 0)) end += 1;
    if (end - column > columns / 10) gaps.push([at(column), at(end)]);
    column = end + 1;
  }
  return gaps;
}
