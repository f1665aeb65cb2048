import { cacheText } from './cache-text.ts';
import type { AttemptRow, BatchDetail, Timeline } from '../../host/api/api.ts';
import { duration } from '../../common/format.ts';
import { GLYPH, statusWord } from '../../common/status.ts';
import { askedText, secondsText } from './retry-text.ts';

/* The attempts of the steps of a batch, one below the other over time: what was executed, what was waited for, and what follows. */

export interface WaterfallLine {
  readonly key: string;
  /** Of the step; of the batch node, where the batch itself waited. */
  readonly path: string;
  readonly attempt: number;
  /** The first line of its step in its attempt of the batch: there stands its name. */
  readonly isFirst: boolean;
  /** Whether another attempt of the batch begins with this line. */
  readonly batchAttempt: number | undefined;
  /** `planned` has not begun, and has its bar where it begins; `batch` is the batch itself, between two of its attempts. */
  readonly status: AttemptRow['status'] | 'planned' | 'batch';
  readonly bar: Span | undefined;
  readonly wait: Span | undefined;
  readonly text: string;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Waterfall {
  readonly lines: readonly WaterfallLine[];
  readonly from: number;
  readonly to: number;
  /** Long spans in which nothing happened: the days before a re-run. */
  readonly gaps: Timeline['gaps'];
  /** Lines of earlier attempts that are left out. */
  readonly leftOut: number;
}

/** More lines nobody reads. */
const MOST_LINES = 200;

export interface WaterfallOf {
  readonly attempts: readonly AttemptRow[];
  /** Of a batch: its own attempts that are over. */
  readonly earlier: BatchDetail['earlierAttempts'];
  /** Path of the batch node. */
  readonly path: string;
  /** Whether a process works on the run. */
  readonly isLive: boolean;
  readonly now: number;
  /** How many attempts a node has at most, of itself or of its batches. */
  readonly mostOf: (path: string) => number | undefined;
  /** What a worker is called. */
  readonly nameOf: (worker: number) => string;
}

/** In the order in which steps began, and of each step its attempts; attempts of the batch one after the other. */
export function waterfall(of: WaterfallOf): Waterfall | undefined {
  const { attempts, earlier, isLive, now } = of;
  const numbers = [...new Set([...attempts.map(({ batchAttempt }) => batchAttempt), ...waitedFor(earlier)])].toSorted(
    (a, b) => a - b,
  );
  const all = numbers.flatMap(number => linesOf(of, number, number === numbers[0]));
  if (all.length === 0) return undefined;
  const lines = all.slice(-MOST_LINES);
  const spans = lines.flatMap(({ bar, wait }) => [bar, wait].filter(span => span !== undefined));
  const from = Math.min(...spans.map(span => span.from));
  const goesOn = isLive && lines.some(({ status }) => status === 'running' || status === 'planned');
  const to = Math.max(from + 1, ...spans.map(span => span.to), ...(goesOn ? [now] : []));
  return { lines, from, to, gaps: gapsOf(spans, from, to), leftOut: all.length - lines.length };
}

function waitedFor(earlier: BatchDetail['earlierAttempts']): number[] {
  return earlier.filter(({ waitsUntil }) => waitsUntil !== undefined).map(({ attempt }) => attempt + 1);
}

function linesOf(of: WaterfallOf, batchAttempt: number, isFirstOfAll: boolean): WaterfallLine[] {
  const own = of.attempts.filter(attempt => attempt.batchAttempt === batchAttempt);
  const before = of.earlier.find(({ attempt }) => attempt === batchAttempt - 1);
  const paths = [...new Set(own.map(({ path }) => path))];
  const steps = paths.flatMap(path =>
    linesOfStep(
      of,
      own.filter(attempt => attempt.path === path),
    ),
  );
  const lines = [...batchWait(of, before, batchAttempt, own[0]), ...steps];
  return lines.map((line, at) => (at === 0 && !isFirstOfAll ? { ...line, batchAttempt } : line));
}

/** The batch itself waited before this attempt of it, or waits. */
function batchWait(
  { path, isLive, now, mostOf }: WaterfallOf,
  before: BatchDetail['earlierAttempts'][number] | undefined,
  attempt: number,
  next: AttemptRow | undefined,
): WaterfallLine[] {
  if (before?.waitsUntil === undefined || before.endedAt === undefined) return [];
  const { waitsUntil, endedAt, error } = before;
  const begins = nextText(attempt, mostOf(path), next !== undefined, waitsUntil, isLive, now);
  const wait = { from: endedAt, to: Math.max(endedAt, Math.min(waitsUntil, next?.startedAt ?? waitsUntil)) };
  return [
    {
      key: `batch ${attempt}`,
      path,
      attempt,
      isFirst: true,
      batchAttempt: undefined,
      status: next ? 'batch' : 'planned',
      bar: next ? undefined : { from: waitsUntil, to: waitsUntil },
      wait,
      text: next
        ? `the batch waited ${duration(wait.to - wait.from)}${askedText(error)}`
        : `${begins}${askedText(error)}`,
    },
  ];
}

function linesOfStep(of: WaterfallOf, attempts: readonly AttemptRow[]): WaterfallLine[] {
  const lines = attempts.map((attempt, at): WaterfallLine => {
    const { path, scope, node, attempt: number, status, startedAt, waitsUntil } = attempt;
    const next = attempts[at + 1];
    const isDelay = status === 'running' && waitsUntil !== undefined && waitsUntil > of.now;
    const executed = { from: startedAt, to: Math.max(startedAt, attempt.endedAt ?? of.now) };
    return {
      key: `${scope} ${node} ${number}`,
      path,
      attempt: number,
      isFirst: at === 0,
      batchAttempt: undefined,
      status,
      bar: isDelay ? undefined : executed,
      wait: isDelay ? { from: startedAt, to: waitsUntil } : waitAfter(attempt, next),
      text: [
        textOf(attempt, next, of),
        attempt.worker !== undefined && `on ${of.nameOf(attempt.worker)}`,
        cacheText(attempt),
      ]
        .filter(part => part !== false)
        .join(' · '),
    };
  });
  const last = attempts.at(-1);
  if (!last || last.status !== 'failed' || last.waitsUntil === undefined) return lines;
  const { path, attempt, waitsUntil } = last;
  const planned: WaterfallLine = {
    key: `planned ${path}`,
    path,
    attempt: attempt + 1,
    isFirst: false,
    batchAttempt: undefined,
    status: 'planned',
    bar: { from: waitsUntil, to: waitsUntil },
    wait: undefined,
    text: nextText(attempt + 1, of.mostOf(path), false, waitsUntil, of.isLive, of.now),
  };
  return [...lines, planned];
}

/** The wait after a failed attempt: up to the next one, which may begin earlier where a person asked for it. */
function waitAfter({ status, endedAt, waitsUntil }: AttemptRow, next: AttemptRow | undefined): Span | undefined {
  if (status !== 'failed' || endedAt === undefined || waitsUntil === undefined) return undefined;
  const to = Math.min(waitsUntil, next?.startedAt ?? waitsUntil);
  return to > endedAt ? { from: endedAt, to } : undefined;
}

function textOf(attempt: AttemptRow, next: AttemptRow | undefined, { isLive, now }: WaterfallOf): string {
  const { status, startedAt, endedAt, waitsUntil, error } = attempt;
  const took = duration((endedAt ?? now) - startedAt);
  switch (status) {
    case 'succeeded':
      return `${GLYPH.succeeded} ${took}`;
    case 'running':
      return waitsUntil !== undefined && waitsUntil > now && isLive
        ? `begins in ${secondsText(waitsUntil - now)}, after its delay`
        : `${GLYPH.running} running for ${took}`;
    case 'failed': {
      const wait = waitAfter(attempt, next);
      const message = error?.explain ?? error?.message ?? statusWord(status);
      const waits = wait && `${next ? 'waited' : 'waits'} ${duration(wait.to - wait.from)}${askedText(error)}`;
      return `${GLYPH.failed} ${message}${waits === undefined ? '' : ` · ${waits}`}`;
    }
    default:
      return `${GLYPH[status]} ${statusWord(status)} after ${took}`;
  }
}

/** `attempt 2 of 3 in 12 s`. */
function nextText(
  attempt: number,
  most: number | undefined,
  hasBegun: boolean,
  until: number,
  isLive: boolean,
  now: number,
): string {
  const which = `attempt ${attempt}${most === undefined || most < attempt ? '' : ` of ${most}`}`;
  if (hasBegun) return which;
  if (!isLive) return `${which} was to follow`;
  return until > now ? `${which} in ${secondsText(until - now)}` : `${which} follows now`;
}

/** Spans of at least a fifth of the whole in which nothing was executed or waited for. */
function gapsOf(spans: readonly Span[], from: number, to: number): Timeline['gaps'] {
  const gaps: Timeline['gaps'] = [];
  let end = from;
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    if (span.from - end > (to - from) / 5) gaps.push([end, span.from]);
    end = Math.max(end, span.to);
  }
  return gaps;
}
