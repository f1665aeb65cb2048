import { isDurability, type Durability } from '../../common/durability.ts';
import type { Notice } from '../../common/graph.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { WorkflowError, describeValue } from './errors.ts';
import type { Hook, Hooks } from './nodes.ts';
import { asOptions, rejectUnknown } from './options.ts';

/*
 * Options that files written for Cronflow have. What this engine does not honour is not refused, so that such a file
 * loads, but told: without a word, the author would rely on it.
 */

const DEFINE_OPTIONS = [
  'id',
  'name',
  'description',
  'payload',
  'hooks',
  'tags',
  'version',
  'durability',
  'demo',
  'present',
];
const NOT_HONOURED: Readonly<Record<string, string>> = {
  timeout: 'A run has no time limit of its own. Give its steps and batches a timeout.',
  concurrency: 'Runs are started one by one. Give a batch or forEach a concurrency.',
  rateLimit: 'Runs are started one by one. Give a batch or forEach a rateLimit.',
  queue: 'There are no queues.',
  secrets: 'Read them from the environment in a step.',
  services: 'Import what the steps need.',
};

const HOOKS_NOT_CALLED: Readonly<Record<string, string>> = {
  onStart: 'Do it in the first step.',
  onComplete: 'Give it onSuccess and onFailure.',
  onError: 'Give it onFailure, or the step an onError.',
};

const NOT_DONE = 'Do it in the first step, or in front of Cronflow.';
const TRIGGER_OPTIONS: Readonly<
  Record<
    'webhook' | 'schedule' | 'interval' | 'event',
    { honoured: readonly string[]; notHonoured: Readonly<Record<string, string>> }
  >
> = {
  webhook: {
    honoured: ['schema', 'method', 'secretEnv', 'maxBytes', 'overlap'],
    notHonoured: {
      idempotencyKey: 'Whoever calls sends the header Idempotency-Key: with the same key, a run is started once.',
      parseRawBody: 'Give it secretEnv: the signature of the body is checked before it is parsed.',
      validate: 'Check it in the schema, with refine of zod.',
      headers: NOT_DONE,
      condition: NOT_DONE,
      middleware: NOT_DONE,
      trigger: 'A webhook starts the workflow from its first step.',
      app: 'Cronflow itself listens for webhooks, where triggers are switched on.',
      appInstance: 'Cronflow itself listens for webhooks, where triggers are switched on.',
      framework: 'Cronflow itself listens for webhooks, where triggers are switched on.',
      registerRoute: 'Cronflow itself listens for webhooks, where triggers are switched on.',
      onSuccess: 'Give define hooks.',
      onError: 'Give define hooks.',
      retry: 'Give its steps a retry.',
    },
  },
  schedule: { honoured: ['timezone', 'missed', 'overlap', 'payload'], notHonoured: {} },
  interval: { honoured: ['missed', 'overlap', 'payload'], notHonoured: { timezone: 'An interval has none.' } },
  event: {
    honoured: ['overlap'],
    notHonoured: { schema: 'Give define a payload: it checks what the run is started with.' },
  },
};

/** Refuses what nobody knows, and says what is not honoured. @throws WorkflowError */
export function noticesOfDefine(
  options: Readonly<Record<string, unknown>>,
  what: string,
  at: SourceLocation | undefined,
): Notice[] {
  return noticesOf(options, { honoured: DEFINE_OPTIONS, notHonoured: NOT_HONOURED }, what, at);
}

/** The same for the options of a trigger. @throws WorkflowError */
export function noticesOfTrigger(
  kind: keyof typeof TRIGGER_OPTIONS,
  options: unknown,
  what: string,
  at: SourceLocation | undefined,
): Notice[] {
  if (options === undefined) return [];
  const given = asOptions(options, `${what}: what it is given as options`, at);
  return noticesOf(given, TRIGGER_OPTIONS[kind], what, at);
}

function noticesOf(
  options: Readonly<Record<string, unknown>>,
  known: { readonly honoured: readonly string[]; readonly notHonoured: Readonly<Record<string, string>> },
  what: string,
  at: SourceLocation | undefined,
): Notice[] {
  rejectUnknown(options, [...known.honoured, ...Object.keys(known.notHonoured)], what, at);
  return Object.entries(options).flatMap(([name, value]) => {
    const why = known.notHonoured[name];
    return why === undefined || value === undefined
      ? []
      : [{ text: `${what}: the option ${name} has no effect. ${why}`, at }];
  });
}

/** @param notices Are told of hooks that are never called. @throws WorkflowError */
export function hooksOf(value: unknown, what: string, at: SourceLocation | undefined, notices: Notice[]): Hooks {
  if (value === undefined) return {};
  const given = asOptions(value, `${what}: hooks`, at);
  const known = { honoured: ['onSuccess', 'onFailure'], notHonoured: HOOKS_NOT_CALLED };
  notices.push(...noticesOf(given, known, `${what}: hooks`, at));
  return {
    onSuccess: hookOf(given.onSuccess, `${what}: hooks.onSuccess`, at),
    onFailure: hookOf(given.onFailure, `${what}: hooks.onFailure`, at),
  };
}

/** @throws WorkflowError */
export function durabilityOption(value: unknown, what: string, at: SourceLocation | undefined): Durability | undefined {
  if (value === undefined || isDurability(value)) return value;
  throw new WorkflowError(`${what}: durability is ${describeValue(value)}. It is 'normal' or 'full'.`, at);
}

function hookOf(value: unknown, what: string, at: SourceLocation | undefined): Hook | undefined {
  if (value === undefined || typeof value === 'function') return value as Hook | undefined;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is a function.`, at);
}
