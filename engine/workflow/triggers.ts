import { Cron } from 'croner';
import type { Trigger } from '../../common/graph.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { OVERLAPS, type Overlap, type TriggerOptions } from '../../common/triggers.ts';
import { WorkflowError, describeValue } from './errors.ts';
import { asOptions, parseLongDuration, positiveInteger } from './options.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** More would be read into memory before anybody has looked at it. */
const MOST_BYTES = 50_000_000;
/** What is shorter is a loop, not a trigger. */
const SHORTEST_INTERVAL_MS = 1_000;

/**
 * What of a trigger's options is data: what is more (a schema) stays with the workflow, because it is code. Wrong ones are told
 * where they are written, before anything fires. @throws WorkflowError
 */
export function triggerOptions(
  kind: Trigger['kind'],
  on: string,
  options: unknown,
  at: SourceLocation | undefined,
): TriggerOptions {
  const what = `the ${kind} trigger ${describeValue(on)}`;
  const given = options === undefined ? {} : asOptions(options, `${what}: what it is given as options`, at);
  const { timezone, missed, overlap, payload, method, secretEnv, maxBytes } = given;
  if (timezone !== undefined && (typeof timezone !== 'string' || !isTimeZone(timezone)))
    throw new WorkflowError(
      `${what}: timezone is ${describeValue(timezone)}. It is the name of a time zone, such as 'Europe/Berlin'.`,
      at,
    );
  if (kind === 'schedule') checkPattern(on, timezone, what, at);
  if (kind === 'interval' && intervalOf(on, what, at) < SHORTEST_INTERVAL_MS)
    throw new WorkflowError(`${what}: the shortest interval is a second.`, at);
  if (kind === 'webhook' && !on.startsWith('/'))
    throw new WorkflowError(`${what}: its path begins with "/", such as '/orders'.`, at);
  if (missed !== undefined && missed !== 'skip' && missed !== 'once')
    throw new WorkflowError(`${what}: missed is ${describeValue(missed)}. It is 'skip' or 'once'.`, at);
  if (overlap !== undefined && !isOverlap(overlap))
    throw new WorkflowError(`${what}: overlap is ${describeValue(overlap)}. It is 'skip', 'allow' or 'queue'.`, at);
  if (overlap === 'queue' && kind === 'webhook')
    throw new WorkflowError(
      `${what}: overlap is 'queue', and whoever calls a webhook waits for its answer. Let it publish an event, and give onEvent the option.`,
      at,
    );
  if (method !== undefined && (typeof method !== 'string' || !METHODS.includes(method.toUpperCase())))
    throw new WorkflowError(`${what}: method is ${describeValue(method)}. It is one of ${METHODS.join(', ')}.`, at);
  if (secretEnv !== undefined && (typeof secretEnv !== 'string' || !/^[A-Za-z_]\w*$/.test(secretEnv)))
    throw new WorkflowError(
      `${what}: secretEnv is ${describeValue(secretEnv)}. It is the name of the environment variable that has the secret.`,
      at,
    );
  if (maxBytes !== undefined && positiveInteger(maxBytes, `${what}: maxBytes`, at) > MOST_BYTES)
    throw new WorkflowError(`${what}: maxBytes is ${describeValue(maxBytes)}. It is at most ${MOST_BYTES}.`, at);
  return {
    ...(timezone !== undefined && { timezone }),
    ...(missed !== undefined && { missed }),
    ...(isOverlap(overlap) && { overlap }),
    ...(payload !== undefined && { payload: asJson(payload, `${what}: payload`, at) }),
    ...(typeof method === 'string' && { method: method.toUpperCase() }),
    ...(secretEnv !== undefined && { secretEnv: secretEnv as string }),
    ...(maxBytes !== undefined && { maxBytes: maxBytes as number }),
  };
}

/** Milliseconds of an interval as a trigger has it: a number of milliseconds, or words. @throws WorkflowError */
function intervalOf(on: string, what: string, at?: SourceLocation): number {
  return parseLongDuration(/^\d+$/.test(on) ? Number(on) : on, what, at);
}

function checkPattern(pattern: string, timezone: string | undefined, what: string, at: SourceLocation | undefined) {
  try {
    // One that never fires, such as on 30 February, is a mistake, too.
    const cron = new Cron(pattern, { paused: true, ...(timezone !== undefined && { timezone }) });
    if (cron.nextRun() === null) throw new Error('It never fires.');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new WorkflowError(
      `${what} is not a schedule: ${why} Write five fields, minute to day of the week, such as '0 6 * * 1-5'.`,
      at,
    );
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function asJson(value: unknown, what: string, at: SourceLocation | undefined): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return JSON.parse(text) as unknown;
  } catch {
    // A cycle, or a BigInt: said below.
  }
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is what JSON can hold.`, at);
}

/** When a schedule or an interval fires next after a moment; undefined: never. In milliseconds since 1970. */
export function nextFiring({ kind, on, options = {} }: Trigger, after: number): number | undefined {
  if (kind === 'interval') return after + intervalOf(on, 'the interval');
  if (kind !== 'schedule') return undefined;
  const { timezone } = options;
  const cron = new Cron(on, { paused: true, ...(timezone !== undefined && { timezone }) });
  return cron.nextRun(new Date(after))?.getTime();
}

function isOverlap(value: unknown): value is Overlap {
  return OVERLAPS.some(overlap => overlap === value);
}
