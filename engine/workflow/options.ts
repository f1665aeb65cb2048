import { availableParallelism } from 'node:os';
import ms from 'ms';
import { WorkflowError, describeValue } from './errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { parseTolerance, type Tolerance } from '../../common/tolerance.ts';
import { isWorkerCount, MOST_WORKERS, WORKER_COUNT_IS, type WorkerCount } from '../../common/workers.ts';
import { nearest } from './nearest.ts';

/** How many attempts a failing step or batch has, and how long to wait between them. Durations in milliseconds. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  readonly strategy: 'fixed' | 'linear' | 'exponential';
  readonly delay: number;
  readonly maxDelay: number;
  readonly multiplier: number;
  readonly jitter: boolean;
  readonly retryOn: ((error: Error, attempt: number) => unknown) | undefined;
  readonly after: ((error: Error, attempt: number) => unknown) | undefined;
}

/** At most `limit` items or batches may start within any `per` milliseconds. */
export interface RateLimit {
  readonly of: 'items' | 'batches';
  readonly limit: number;
  readonly per: number;
}

/** The options of a batch or forEach node, checked and with their defaults. */
export interface BatchPolicy {
  readonly size: number;
  readonly concurrency: number;
  readonly tolerate: Tolerance;
  readonly retry: RetryPolicy | undefined;
  readonly timeout: number | undefined;
  readonly rateLimits: readonly RateLimit[];
  readonly onBatchError: 'continue' | 'stop';
  /** `set-aside`: items that their step has named are set aside, and their batches run again without them. */
  readonly onItemError: 'set-aside' | undefined;
  /** What each item comes to, and in what. */
  readonly conserve: { readonly of: (item: unknown) => unknown; readonly unit: string } | undefined;
  /** Processes that execute its batches; undefined: the runner does. */
  readonly workers: WorkerCount | undefined;
}

const BATCH_OPTIONS = [
  'items',
  'size',
  'concurrency',
  'tolerateFailures',
  'retry',
  'timeout',
  'rateLimit',
  'onBatchError',
  'onItemError',
  'workers',
  'title',
  'description',
  'unit',
  'explain',
  'label',
  'conserve',
  'conserveUnit',
];
/** setTimeout counts in a signed 32-bit integer; a longer wait would fire at once. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Milliseconds of a duration as an author writes it: a number of milliseconds, or words such as '500ms', '2s', '5 minutes'. */
export function parseDuration(value: unknown, what: string, at?: SourceLocation): number {
  const parsed = parseLongDuration(value, what, at);
  if (parsed > LONGEST_WAIT)
    throw new WorkflowError(`${what} is ${describeValue(value)}: the longest wait is 24 days.`, at);
  return parsed;
}

/** The same, of a wait that no timer has to last through. */
export function parseLongDuration(value: unknown, what: string, at?: SourceLocation): number {
  const parsed = typeof value === 'string' && value.trim() !== '' ? ms(value.trim() as ms.StringValue) : value;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < 0) {
    throw new WorkflowError(
      `${what} is ${describeValue(value)}, not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.`,
      at,
    );
  }
  return parsed;
}

export function parseRetry(value: unknown, what: string, at?: SourceLocation): RetryPolicy {
  const options = asOptions(value, what, at);
  const backoff = options.backoff === undefined ? {} : asOptions(options.backoff, `${what}.backoff`, at);
  rejectUnknown(options, ['attempts', 'backoff', 'retryOn', 'after'], what, at);
  rejectUnknown(backoff, ['strategy', 'delay', 'maxDelay', 'multiplier', 'jitter'], `${what}.backoff`, at);
  const strategy = backoff.strategy ?? 'fixed';
  if (strategy !== 'fixed' && strategy !== 'linear' && strategy !== 'exponential') {
    throw new WorkflowError(
      `${what}.backoff.strategy is ${describeValue(strategy)}. It can be 'fixed', 'linear' or 'exponential'.`,
      at,
    );
  }
  const multiplier = backoff.multiplier ?? 2;
  if (typeof multiplier !== 'number' || !(multiplier >= 1) || !Number.isFinite(multiplier)) {
    throw new WorkflowError(
      `${what}.backoff.multiplier is ${describeValue(multiplier)}. It is a number of at least 1.`,
      at,
    );
  }
  if (backoff.jitter !== undefined && typeof backoff.jitter !== 'boolean') {
    throw new WorkflowError(`${what}.backoff.jitter is ${describeValue(backoff.jitter)}. It is true or false.`, at);
  }
  if (options.retryOn !== undefined && typeof options.retryOn !== 'function') {
    throw new WorkflowError(
      `${what}.retryOn is ${describeValue(options.retryOn)}. It is a function of the error that says whether to try again.`,
      at,
    );
  }
  if (options.after !== undefined && typeof options.after !== 'function') {
    throw new WorkflowError(
      `${what}.after is ${describeValue(options.after)}. It is a function of the error that says how long to wait.`,
      at,
    );
  }
  return {
    attempts: positiveInteger(options.attempts, `${what}.attempts`, at),
    strategy,
    delay: parseDuration(backoff.delay ?? 1000, `${what}.backoff.delay`, at),
    maxDelay: parseDuration(backoff.maxDelay ?? LONGEST_WAIT, `${what}.backoff.maxDelay`, at),
    multiplier,
    jitter: backoff.jitter === true,
    retryOn: options.retryOn as RetryPolicy['retryOn'],
    after: options.after as RetryPolicy['after'],
  };
}

/** The options of a `batch`, whose size is the author's to give. */
export function parseBatchOptions(
  options: Readonly<Record<string, unknown>>,
  what: string,
  at?: SourceLocation,
): BatchPolicy {
  rejectUnknown(options, BATCH_OPTIONS, what, at);
  return { size: positiveInteger(options.size, `${what}: size`, at), ...parseSharedOptions(options, what, at) };
}

/** The options of a `forEach`: a batch of one item each. */
export function parseForEachOptions(
  options: Readonly<Record<string, unknown>>,
  what: string,
  at?: SourceLocation,
): BatchPolicy {
  rejectUnknown(
    options,
    BATCH_OPTIONS.filter(name => name !== 'items' && name !== 'size'),
    what,
    at,
  );
  return { size: 1, ...parseSharedOptions(options, what, at) };
}

/** The options of a `parallel`. */
export function parseParallelOptions(
  given: unknown,
  what: string,
  at?: SourceLocation,
): { readonly maxConcurrency: number | undefined; readonly timeout: number | undefined } {
  const options = asOptions(given, `${what}: what it is given as options`, at);
  rejectUnknown(options, ['maxConcurrency', 'timeout'], what, at);
  const { maxConcurrency, timeout } = options;
  return {
    maxConcurrency:
      maxConcurrency === undefined ? undefined : positiveInteger(maxConcurrency, `${what}: maxConcurrency`, at),
    timeout: timeout === undefined ? undefined : parseDuration(timeout, `${what}: timeout`, at),
  };
}

function parseSharedOptions(
  options: Readonly<Record<string, unknown>>,
  what: string,
  at?: SourceLocation,
): Omit<BatchPolicy, 'size'> {
  const onBatchError = options.onBatchError ?? 'continue';
  if (onBatchError !== 'continue' && onBatchError !== 'stop') {
    throw new WorkflowError(
      `${what}: onBatchError is ${describeValue(onBatchError)}. It can be 'continue' or 'stop'.`,
      at,
    );
  }
  const { onItemError = 'fail' } = options;
  if (onItemError !== 'fail' && onItemError !== 'set-aside') {
    throw new WorkflowError(
      `${what}: onItemError is ${describeValue(onItemError)}. It can be 'fail' or 'set-aside'.`,
      at,
    );
  }
  const workers = options.workers === undefined ? undefined : workerCount(options.workers, `${what}: workers`, at);
  return {
    concurrency: positiveInteger(options.concurrency ?? processesOf(workers), `${what}: concurrency`, at),
    tolerate: checkedTolerance(options.tolerateFailures ?? 0, what, at),
    retry: options.retry === undefined ? undefined : parseRetry(options.retry, `${what}: retry`, at),
    timeout: options.timeout === undefined ? undefined : parseDuration(options.timeout, `${what}: timeout`, at),
    rateLimits: options.rateLimit === undefined ? [] : parseRateLimits(options.rateLimit, `${what}: rateLimit`, at),
    onBatchError,
    onItemError: onItemError === 'set-aside' ? onItemError : undefined,
    conserve: parseConserve(options, what, at),
    workers,
  };
}

function parseConserve(
  { conserve, conserveUnit = '' }: Readonly<Record<string, unknown>>,
  what: string,
  at?: SourceLocation,
): BatchPolicy['conserve'] {
  if (typeof conserveUnit !== 'string' || conserveUnit.length > 20)
    throw new WorkflowError(
      `${what}: conserveUnit is ${describeValue(conserveUnit)}. It is a short text, such as '€' or 'kg'.`,
      at,
    );
  if (conserve === undefined) {
    if (conserveUnit === '') return undefined;
    throw new WorkflowError(`${what}: conserveUnit says what conserve counts, and there is no conserve.`, at);
  }
  if (typeof conserve !== 'function')
    throw new WorkflowError(
      `${what}: conserve is ${describeValue(conserve)}. It is a function of an item that gives its amount: order => order.euros.`,
      at,
    );
  return { of: conserve as (item: unknown) => unknown, unit: conserveUnit };
}

function workerCount(value: unknown, what: string, at?: SourceLocation): WorkerCount {
  if (isWorkerCount(value)) return value;
  throw new WorkflowError(`${what} is ${describeValue(value)}. ${WORKER_COUNT_IS}`, at);
}

/** One process without workers. */
export function processesOf(workers: WorkerCount | undefined): number {
  return workers === 'auto' ? Math.min(MOST_WORKERS, availableParallelism()) : (workers ?? 1);
}

function checkedTolerance(value: unknown, what: string, at?: SourceLocation): Tolerance {
  const tolerance = parseTolerance(value);
  if (tolerance) return tolerance;
  throw new WorkflowError(
    `${what}: tolerateFailures is ${describeValue(value)}. Write a number of batches, a share such as '5%', or 'all'.`,
    at,
  );
}

function parseRateLimits(value: unknown, what: string, at?: SourceLocation): RateLimit[] {
  const options = asOptions(value, what, at);
  rejectUnknown(options, ['items', 'batches', 'per'], what, at);
  const per = parseDuration(options.per, `${what}.per`, at);
  if (per === 0)
    throw new WorkflowError(`${what}.per is 0. It is the time in which the limit holds, such as '1s'.`, at);
  const limits = (['items', 'batches'] as const)
    .filter(of => options[of] !== undefined)
    .map(of => ({ of, limit: positiveInteger(options[of], `${what}.${of}`, at), per }));
  if (limits.length === 0)
    throw new WorkflowError(`${what} limits nothing. Give it items or batches, such as { items: 100, per: '1s' }.`, at);
  return limits;
}

export function positiveInteger(value: unknown, what: string, at?: SourceLocation): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  const is = value === undefined ? 'is missing' : `is ${describeValue(value)}`;
  throw new WorkflowError(`${what} ${is}. It is a whole number of at least 1.`, at);
}

/** Plain options, or a message that says what was given instead. */
export function asOptions(value: unknown, what: string, at?: SourceLocation): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is an object of options.`, at);
}

export function rejectUnknown(options: object, known: readonly string[], what: string, at?: SourceLocation): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near =
      known.find(other => other.startsWith(name)) ??
      nearest(name, known) ??
      // What is `concurrency` of a batch is `maxConcurrency` of a parallel.
      known.find(other => name !== '' && other.toLowerCase().endsWith(name.toLowerCase()));
    throw new WorkflowError(
      `${what} has no option ${describeValue(name)}. ${near ? `Did you mean "${near}"?` : `It knows ${known.join(', ')}.`}`,
      at,
    );
  }
}
