import type { FromRunner } from './protocol.ts';

/*
 * The parent checks every message: the author's code runs in the runner's process and could send messages of its own.
 * Not with zod: loading it took a quarter of the time in which a command starts.
 *
 * Graphs, reports and summaries are the engine's own plain data: only their outer shape is checked.
 */

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const number: Check = value => Number.isFinite(value);
const part: Check = value => text(value) || number(value);
const flag: Check = value => typeof value === 'boolean';
const object: Check = isObject;
const runId: Check = value => Number.isSafeInteger(value) && (value as number) > 0;
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);
const instance =
  (kind: abstract new (...args: never[]) => unknown): Check =>
  value =>
    value instanceof kind;

function shape(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return value => isObject(value) && checks.every(([name, check]) => check(value[name]));
}

const counts = shape({
  total: number,
  succeeded: number,
  failed: number,
  setAside: number,
  running: number,
  waiting: number,
  cancelled: number,
});

/** People open it in a debugger, so it is nothing but the address of one on this machine. */
const debuggerUrl: Check = value =>
  typeof value === 'string' && /^ws:\/\/127\.0\.0\.1:\d{1,5}\/[0-9a-f-]{36}$/.test(value);

const storedError = shape({ name: text, message: text, fingerprint: text });
const answer: Check = value =>
  isObject(value) &&
  (value.passed === true ? optional(text)(value.needsEffect) : value.passed === false && failedAnswer(value));
const failedAnswer = shape({
  error: storedError,
  suspect: optional(number),
  member: optional(text),
  isExhausted: optional(flag),
  values: optional(list(shape({ name: text, text }))),
});

const CHECKS: Readonly<Record<FromRunner['type'], Check>> = {
  inspected: shape({ graphs: list(object), files: list(text), code: text, also: number }),
  loaded: shape({}),
  started: shape({
    run: runId,
    uid: text,
    owner: text,
    demo: flag,
    graph: object,
    file: text,
    report: optional(object),
    isResumed: optional(flag),
  }),
  progress: shape({
    counts: shape({
      items: counts,
      batches: counts,
      nodes: list(shape({ path: text, batches: counts, items: counts, complete: flag })),
    }),
    steps: list(shape({ path: text, running: number, succeeded: number, failed: number })),
  }),
  batches: shape({
    changes: list(
      shape({ node: number, parent: number, indices: instance(Uint32Array), statuses: instance(Uint8Array) }),
    ),
  }),
  logs: shape({
    lines: list(
      shape({
        at: number,
        level: text,
        text,
        step: optional(text),
        batch: optional(number),
        attempt: optional(number),
      }),
    ),
    dropped: number,
  }),
  probing: shape({ items: number, position: number, gone: list(number), hasControl: flag, isPure: flag, code: text }),
  probed: shape({ answer }),
  debugger: shape({ url: debuggerUrl, step: optional(text) }),
  attached: shape({}),
  labelled: shape({ labels: list(optional(text)) }),
  inputs: shape({
    file: text,
    inputs: shape({
      isInside: flag,
      items: list(text),
      payload: optional(text),
      steps: list(list(text)),
      state: list(list(text)),
      left: list(text),
    }),
  }),
  ending: shape({}),
  ended: shape({ summary: shape({ run: runId, status: text }), isAll: flag }),
  refused: shape({
    problem: shape({
      name: text,
      message: text,
      file: optional(text),
      line: optional(number),
      column: optional(number),
      codeFrame: optional(text),
      existing: optional(runId),
      issues: optional(list(shape({ path: list(part), message: text }))),
    }),
  }),
};

/** A message of a runner's, or undefined for anything else. */
export function parseFromRunner(message: unknown): FromRunner | undefined {
  return isFromRunner(message) ? message : undefined;
}

function isFromRunner(message: unknown): message is FromRunner {
  return (
    isObject(message) &&
    typeof message.type === 'string' &&
    Object.hasOwn(CHECKS, message.type) &&
    CHECKS[message.type as FromRunner['type']](message)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
