import { currentAttempt } from '../run/attempt.ts';
import { systemClock } from '../run/clock.ts';
import { currentStore } from '../run/current-store.ts';
import { decode, encode } from '../store/codec.ts';
import { ALL_WORKFLOWS } from '../store/shared-state.ts';
import { SharedStore, type SharedAccess } from '../store/shared-store.ts';
import { HALF_A_CHARACTER, describeValue } from '../workflow/errors.ts';
import { asOptions, parseLongDuration, rejectUnknown } from '../workflow/options.ts';
import { opened } from './engine.ts';
import type { StateCleanup, StateCount, StateStats } from './shared-state-types.ts';

/*
 * What `cronflow.setGlobalState` and its like do: in a step with the state as its attempt sees it, which is committed with its checkpoint;
 * elsewhere with the store, at once.
 */

/** The value that a caller means. */
export interface SharedName {
  /** The workflow that it belongs to; null: all of them. */
  readonly workflow: string | null;
  readonly key: string;
  /** The file that calls: it says which project's store is meant. */
  readonly caller: string | undefined;
}

export function get(name: SharedName, fallback: unknown): unknown {
  const { workflow, key } = checked(name);
  const attempt = currentAttempt.getStore();
  const value = attempt ? attempt.shared.get(workflow, key) : decoded(access(name.caller).read(workflow, key));
  return value === undefined ? (fallback ?? null) : value;
}

function decoded(text: string | undefined): unknown {
  return text === undefined ? undefined : decode(text);
}

export function set(name: SharedName, value: unknown, options: unknown): void {
  const { workflow, key } = checked(name);
  const ttl = ttlOf(options, key);
  if (value === undefined) {
    remove(name);
    return;
  }
  const text = encode(value, `state[${describeValue(key)}]`);
  (currentAttempt.getStore()?.shared ?? access(name.caller)).set(workflow, key, text, ttl);
}

export function increment(name: SharedName, by: unknown): number {
  const { workflow, key } = checked(name);
  if (typeof by !== 'number' || !Number.isFinite(by))
    throw new TypeError(`The state ${describeValue(key)} by ${describeValue(by)}: the amount is a number.`);
  return (currentAttempt.getStore()?.shared ?? access(name.caller)).increment(workflow, key, by);
}

/** Returns whether there was a value. */
export function remove(name: SharedName): boolean {
  const { workflow, key } = checked(name);
  return (currentAttempt.getStore()?.shared ?? access(name.caller)).remove(workflow, key);
}

export function stats(caller: string | undefined): StateStats {
  const { file: dbPath, counts } = access(caller).counts();
  const countOf = (workflow: string): StateCount => {
    const { keys = 0, expired = 0 } = counts.find(one => one.workflow === workflow) ?? {};
    const namespace = workflow === ALL_WORKFLOWS ? 'global' : workflow;
    return { totalKeys: keys, expiredKeys: expired, namespace, dbPath };
  };
  const workflows = counts.map(({ workflow }) => workflow).filter(workflow => workflow !== ALL_WORKFLOWS);
  return {
    global: countOf(ALL_WORKFLOWS),
    workflows: Object.fromEntries(workflows.map(workflow => [workflow, countOf(workflow)])),
  };
}

export function cleanUp(caller: string | undefined): StateCleanup {
  const all = access(caller).deleteExpired();
  const others = all.filter(({ workflow }) => workflow !== ALL_WORKFLOWS);
  return {
    global: all.find(({ workflow }) => workflow === ALL_WORKFLOWS)?.deleted ?? 0,
    workflows: Object.fromEntries(others.map(({ workflow, deleted }) => [workflow, deleted])),
  };
}

/** In the store of the run that this process executes, or of the program's project. */
function access(caller: string | undefined): SharedAccess {
  const inRun = currentStore();
  if (inRun) return inRun.shared;
  const { db, file } = opened(caller);
  return new SharedStore({ file, now: () => systemClock.now(), within: work => work(db) });
}

function checked({ workflow, key }: SharedName): { workflow: string; key: string } {
  if (workflow !== null) checkText(workflow, 'The workflow whose state is meant');
  checkText(key, 'The key of a state value');
  return { workflow: workflow ?? ALL_WORKFLOWS, key };
}

function checkText(text: unknown, what: string): void {
  if (typeof text !== 'string' || text === '') throw new TypeError(`${what} is ${describeValue(text)}: it is a text.`);
  if (!text.isWellFormed()) throw new TypeError(`${what} is ${describeValue(text)}, ${HALF_A_CHARACTER}. Use another.`);
}

function ttlOf(options: unknown, key: string): number | undefined {
  if (options === undefined) return undefined;
  const what = `The state ${describeValue(key)}: what it is given as options`;
  const given = asOptions(options, what);
  rejectUnknown(given, ['ttl'], what);
  return given.ttl === undefined
    ? undefined
    : parseLongDuration(given.ttl, `The ttl of the state ${describeValue(key)}`);
}
