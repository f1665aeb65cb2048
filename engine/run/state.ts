import { decode, encode } from '../store/codec.ts';
import type { StateWrite, Writer } from '../store/records.ts';
import { HALF_A_CHARACTER, describeValue } from '../workflow/errors.ts';
import type { Scope } from './scope.ts';

/** The attempt that writes, and the scope it works in. */
interface Author extends Writer {
  readonly scopeOf: Scope;
}

interface Entry {
  readonly text: string;
  readonly version: number;
  readonly writer: Author | undefined;
}

/** What a scope has last read of a key: enough to notice that another step has written it since. */
interface Seen {
  readonly version: number;
  /** Where the value was a number: a later `set` is then an addition that a re-run can take back. */
  readonly number: number | undefined;
  /** Whether it was read, and not written since: a later `set` then builds on what was read. */
  readonly read: boolean;
}
export type SeenState = Map<string, Seen>;

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

  put(key: string, text: string | null, writer: Author): number {
    const version = this.version(key) + 1;
    this.#versions.set(key, version);
    if (text === null) this.#entries.delete(key);
    else this.#entries.set(key, { text, version, writer });
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
  | { readonly op: 'update'; readonly changes: readonly ((current: unknown) => unknown)[] };

/**
 * `ctx.state` of one attempt: reads what is committed and what this attempt has written itself; its writes become
 * the run's only when the attempt succeeds, together with its checkpoint.
 */
export class AttemptState {
  readonly #run: RunState;
  readonly #scope: Pick<Scope, 'seenState'>;
  /** Made with the first write: most steps write none. */
  #pending: Map<string, Pending> | undefined;
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
        areBeside(entry.writer.scopeOf, writer.scopeOf);
      const version = this.#run.put(key, text, writer);
      this.#scope.seenState.set(key, { version, number: numberIn(after), read: false });
      return {
        key,
        op: pending.op,
        value: text,
        version,
        delta: added(pending, seen, before, after),
        lost: overwrites ? entry.writer : undefined,
      };
    });
  }

  /** @param fallback What the reader uses when the key has no value. */
  #view(key: string, fallback: unknown = 0): unknown {
    const pending = this.#pending?.get(key);
    if (!pending) {
      const value = this.#committed(key);
      this.#scope.seenState.set(key, {
        version: this.#run.version(key),
        number: numberIn(value === undefined ? fallback : value),
        read: true,
      });
      return value;
    }
    return this.#result(key, pending);
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
        return pending.changes.reduce(changed, this.#committed(key));
    }
  }

  #change(key: string, change: (current: unknown) => unknown): void {
    const pending = this.#pending?.get(key);
    if (pending?.op === 'set' || pending?.op === 'delete') {
      const value = changed(this.#result(key, pending), change);
      this.#write(key, value === undefined ? { op: 'delete' } : pendingSet(key, value));
    } else {
      const before =
        pending?.op === 'incr' ? [(value: unknown) => numberOrZero(value, key) + pending.by] : (pending?.changes ?? []);
      this.#write(key, { op: 'update', changes: [...before, change] });
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

/** Encoded at once: what the author does to the value later is not part of the write. */
function pendingSet(key: string, value: unknown): Pending {
  return { op: 'set', text: encode(value, `state[${describeValue(key)}]`) };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Whether two scopes may be executed at the same time: neither waits for the other. */
function areBeside(one: Scope, other: Scope): boolean {
  return !one.isWithin(other) && !other.isWithin(one);
}

/** What the write added, where it was an addition: that can be taken back when the step is repeated. */
function added(pending: Pending, seen: Seen | undefined, before: unknown, after: unknown): number | null {
  if (pending.op === 'incr') return pending.by;
  if (typeof after !== 'number') return null;
  if (pending.op === 'set') return seen?.number === undefined ? null : after - seen.number;
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
