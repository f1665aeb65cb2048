import { decode, encode } from '../store/codec.ts';
import type { StateWrite, Writer } from '../store/records.ts';
import { HALF_A_CHARACTER, describeValue } from '../workflow/errors.ts';
import type { Scope } from './scope.ts';

/** The attempt that writes, and the scope it works in. */
interface Author extends Writer {
  readonly scopeOf: Scope;
}

/** Who wrote a value: by numbers only, because a scope would keep its items and results in memory. */
interface EntryWriter extends Writer {
  /** The scopes it stands in, its own included. */
  readonly scopes: readonly number[];
}

interface Entry {
  readonly text: string;
  readonly version: number;
  readonly writer: EntryWriter | undefined;
}

/** What a scope has last read of a key: enough to notice that another step has written it since. */
export interface Seen {
  readonly version: number;
  /** Where the value was a number: a later `set` may then be an addition. */
  readonly number: number | undefined;
  /** Whether it was read, and not written since: a later `set` that finds another version has lost an update. */
  readonly read: boolean;
  /** Whether it was ever read: what the scope sets then may depend on what it has read. */
  readonly everRead: boolean;
}
export type SeenState = Map<string, Seen>;
const NOTHING_SEEN: readonly [string, Seen][] = [];

/** The committed state of a run, as all its steps see it. Values are stored as text, so that no step can change one in place. */
export class RunState {
  readonly #entries = new Map<string, Entry>();
  /** Versions continue after a delete, so that a key that is set again is not mistaken for the one that was read. */
  readonly #versions = new Map<string, number>();

  restore(rows: Iterable<{ key: string; value: string; version: number }>): void {
    for (const { key, value, version } of rows) {
      this.#entries.set(key, { text: value, version, writer: undefined });
      this.#versions.set(key, version);
    }
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  version(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  put(key: string, text: string | null, { scope, node, attempt, scopeOf }: Author): number {
    const version = this.version(key) + 1;
    this.#versions.set(key, version);
    if (text === null) this.#entries.delete(key);
    else this.#entries.set(key, { text, version, writer: { scope, node, attempt, scopes: scopesOf(scopeOf) } });
    return version;
  }

  toObject(): Record<string, unknown> {
    return Object.fromEntries([...this.#entries].map(([key, entry]) => [key, decode(entry.text)]));
  }
}

type Pending =
  | { readonly op: 'set'; readonly text: string }
  | { readonly op: 'delete' }
  /** Additions and updates are repeated on the value that the key has when the step commits. */
  | { readonly op: 'incr'; readonly by: number }
  | {
      readonly op: 'update';
      readonly changes: ((current: unknown) => unknown)[];
      /** What they made of a version of the committed value: each change is then applied once, however many there are. */
      result: { readonly version: number; readonly text: string | undefined } | undefined;
    };

/**
 * `ctx.state` of one attempt: reads what is committed and what this attempt has written itself; its writes become
 * the run's only when the attempt succeeds, together with its checkpoint.
 */
export class AttemptState {
  readonly #run: RunState;
  readonly #scope: Pick<Scope, 'seenState'>;
  /** Made with the first write: most steps write none. */
  #pending: Map<string, Pending> | undefined;
  /** The keys that it has read or written. */
  #touched: Set<string> | undefined;
  #closed: string | undefined;

  /** @param scope Notes what was read of the state. */
  constructor(run: RunState, scope: Pick<Scope, 'seenState'>) {
    this.#run = run;
    this.#scope = scope;
  }

  get(key: string, fallback?: unknown): unknown {
    checkKey(key);
    const value = this.#view(key, fallback);
    return value === undefined ? fallback : value;
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#checkOpen('set', key);
    if (value === undefined) return this.delete(key);
    this.#write(key, pendingSet(key, value));
  }

  async incr(key: string, by: number = 1): Promise<number> {
    this.#checkOpen('incr', key);
    if (typeof by !== 'number' || !Number.isFinite(by))
      throw new TypeError(`state.incr(${describeValue(key)}) by ${describeValue(by)}: the amount is a number.`);
    const current = numberOrZero(this.#view(key), key);
    const pending = this.#pending?.get(key);
    if (!pending) this.#write(key, { op: 'incr', by });
    else if (pending.op === 'incr') this.#write(key, { op: 'incr', by: pending.by + by });
    else this.#change(key, value => numberOrZero(value, key) + by);
    return current + by;
  }

  async update(key: string, change: (current: unknown) => unknown): Promise<unknown> {
    this.#checkOpen('update', key);
    if (typeof change !== 'function')
      throw new TypeError(
        `state.update(${describeValue(key)}) got ${describeValue(change)}: its second argument is a function of the current value.`,
      );
    this.#change(key, change);
    return this.#view(key);
  }

  async delete(key: string): Promise<void> {
    this.#checkOpen('delete', key);
    this.#write(key, { op: 'delete' });
  }

  /** What its scope has now seen of the keys it touched: a later step may build on that, in another process, too. */
  seen(): readonly [key: string, Seen][] {
    if (!this.#touched) return NOTHING_SEEN;
    return [...this.#touched].flatMap(key => {
      const seen = this.#scope.seenState.get(key);
      return seen ? [[key, seen] satisfies [string, Seen]] : [];
    });
  }

  /** After this, writes throw: they would be lost. */
  close(why: string): void {
    this.#closed ??= why;
  }

  /** Applies the writes to the run's state. Returns them, to be committed with the checkpoint. */
  apply(writer: Author): StateWrite[] {
    this.close('its step has ended');
    if (!this.#pending) return [];
    // All values first: an `update` that throws, or returns what cannot be stored, must not leave the state half changed.
    const results = [...this.#pending].map(([key, pending]) => {
      const after = this.#result(key, pending);
      return {
        key,
        pending,
        before: this.#committed(key),
        after,
        text: after === undefined ? null : encode(after, `state[${describeValue(key)}]`),
      };
    });
    return results.map(({ key, pending, before, after, text }) => {
      const seen = this.#scope.seenState.get(key);
      const entry = this.#run.entry(key);
      const overwrites =
        pending.op === 'set' &&
        seen?.read === true &&
        entry !== undefined &&
        seen.version !== entry.version &&
        entry.writer !== undefined &&
        areBeside(entry.writer.scopes, scopesOf(writer.scopeOf));
      const version = this.#run.put(key, text, writer);
      const everRead = seen?.everRead === true;
      this.#note(key, { version, number: numberIn(after), read: false, everRead });
      return {
        key,
        op: pending.op,
        value: text,
        version,
        delta: added(pending, seen, before, after),
        fromRead: pending.op === 'set' && everRead,
        lost: overwrites ? entry.writer : undefined,
      };
    });
  }

  /** @param fallback What the reader uses when the key has no value. */
  #view(key: string, fallback: unknown = 0): unknown {
    const pending = this.#pending?.get(key);
    if (!pending) {
      const value = this.#committed(key);
      this.#note(key, {
        version: this.#run.version(key),
        number: numberIn(value === undefined ? fallback : value),
        read: true,
        everRead: true,
      });
      return value;
    }
    return this.#result(key, pending);
  }

  #note(key: string, seen: Seen): void {
    (this.#touched ??= new Set()).add(key);
    this.#scope.seenState.set(key, seen);
  }

  #write(key: string, pending: Pending): void {
    (this.#pending ??= new Map()).set(key, pending);
  }

  #committed(key: string): unknown {
    const entry = this.#run.entry(key);
    return entry && decode(entry.text);
  }

  #result(key: string, pending: Pending): unknown {
    switch (pending.op) {
      case 'set':
        return decode(pending.text);
      case 'delete':
        return undefined;
      case 'incr':
        return numberOrZero(this.#committed(key), key) + pending.by;
      case 'update':
        return this.#updated(key, pending);
    }
  }

  #updated(key: string, pending: Extract<Pending, { op: 'update' }>): unknown {
    const version = this.#run.version(key);
    if (pending.result?.version !== version) {
      const value = pending.changes.reduce(changed, this.#committed(key));
      pending.result = { version, text: textOf(key, value) };
    }
    const { text } = pending.result;
    return text === undefined ? undefined : decode(text);
  }

  #change(key: string, change: (current: unknown) => unknown): void {
    const pending = this.#pending?.get(key);
    if (pending?.op === 'set' || pending?.op === 'delete') {
      const value = changed(this.#result(key, pending), change);
      this.#write(key, value === undefined ? { op: 'delete' } : pendingSet(key, value));
    } else if (pending?.op === 'update') {
      // Before it is added: applied to what the others made.
      const value = changed(this.#updated(key, pending), change);
      pending.changes.push(change);
      pending.result = { version: this.#run.version(key), text: textOf(key, value) };
    } else {
      const by = pending?.by;
      const before = by === undefined ? [] : [(value: unknown) => numberOrZero(value, key) + by];
      this.#write(key, { op: 'update', changes: [...before, change], result: undefined });
    }
  }

  #checkOpen(call: string, key: string): void {
    checkKey(key);
    if (this.#closed)
      throw new Error(
        `state.${call}(${describeValue(key)}) came too late: ${this.#closed}. Await everything a step does before it returns.`,
      );
  }
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key === '')
    throw new TypeError(`The key of a state value is ${describeValue(key)}: it is a text.`);
  if (!key.isWellFormed())
    throw new TypeError(`The key of a state value is ${describeValue(key)}, ${HALF_A_CHARACTER}. Use another.`);
}

function changed(current: unknown, change: (current: unknown) => unknown): unknown {
  const next = change(current);
  if (next instanceof Promise)
    throw new TypeError(
      'state.update got an async function. It may run again on a newer value, so it computes the next value at once; await before it.',
    );
  return next;
}

function numberOrZero(value: unknown, key: string): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  throw new TypeError(`state.incr(${describeValue(key)}): its value is ${describeValue(value)}, not a number.`);
}

function textOf(key: string, value: unknown): string | undefined {
  return value === undefined ? undefined : encode(value, `state[${describeValue(key)}]`);
}

/** Encoded at once: what the author does to the value later is not part of the write. */
function pendingSet(key: string, value: unknown): Pending {
  return { op: 'set', text: encode(value, `state[${describeValue(key)}]`) };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The numbers of the scopes around a scope, from the outermost in, and its own. */
function scopesOf(scope: Scope): number[] {
  return scope.parent ? [...scopesOf(scope.parent), scope.id] : [scope.id];
}

/** Whether two scopes may be executed at the same time: neither stands in the other. */
function areBeside(one: readonly number[], other: readonly number[]): boolean {
  return !one.includes(other.at(-1) ?? 0) && !other.includes(one.at(-1) ?? 0);
}

/** What the write added, where it was an addition: that can be taken back when the step is repeated. */
function added(pending: Pending, seen: Seen | undefined, before: unknown, after: unknown): number | null {
  if (pending.op === 'incr') return pending.by;
  if (typeof after !== 'number') return null;
  if (pending.op === 'set') return seen?.number === undefined || !seen.everRead ? null : after - seen.number;
  if (pending.op === 'update' && (before === undefined || typeof before === 'number'))
    return addedBy(pending.changes, before ?? 0, after);
  return null;
}

/** An update adds when it adds the same to another number: a maximum or a doubling does not. */
function addedBy(changes: readonly ((current: unknown) => unknown)[], before: number, after: number): number | null {
  const delta = after - before;
  try {
    for (const probe of [before + 1, before - delta - 1, before]) {
      const result = changes.reduce(changed, probe as unknown);
      if (typeof result !== 'number' || Math.abs(result - probe - delta) > 1e-9 * Math.max(1, Math.abs(result)))
        return null;
    }
    return delta;
  } catch {
    // It throws for another number: it is not a plain addition.
    return null;
  }
}
