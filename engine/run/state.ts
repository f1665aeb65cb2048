import { decode, encode } from '../store/codec.ts';
import type { StateWrite, Writer } from '../store/records.ts';
import { HALF_A_CHARACTER, describeValue } from '../workflow/errors.ts';
import { addedBy, addsOf } from './additions.ts';
import type { LastWriter, RunState } from './run-state.ts';
import type { Scope } from './scope.ts';
import { seenText, type Seen, type SeenState } from './seen-state.ts';
import type { CommitAnswer, StateIntent } from './workers/protocol.ts';

/** The attempt that writes, and the scope it works in. */
interface Author extends Writer {
  readonly scopeOf: Pick<Scope, 'within' | 'batch'>;
}

/** What an attempt leaves of the state, to be committed with its checkpoint. */
export interface StateOfAttempt {
  readonly writes: readonly StateWrite[];
  /** What it read and did not write: see seenText. */
  readonly reads: string | null;
}

const NOTHING: StateOfAttempt = { writes: [], reads: null };

type Change = (current: unknown) => unknown;

type Pending =
  | { readonly op: 'set'; readonly text: string }
  | { readonly op: 'delete' }
  /** Additions and updates are repeated on the value that the key has when the step commits. */
  | { readonly op: 'incr'; readonly by: number }
  | Updates;

/** Calls of `update`, one after the other on what is committed. */
interface Updates {
  readonly op: 'update';
  readonly changes: Change[];
  /** What they come to on this version of the key, in the codec's text: a loop does not repeat all calls before in each. */
  result: { readonly version: number; readonly text: string | undefined } | undefined;
}

/**
 * `ctx.state` of one attempt: reads what is committed and what this attempt has written itself; its writes become
 * the run's only when the attempt succeeds, together with its checkpoint.
 */
export class AttemptState {
  readonly #run: RunState;
  readonly #scope: Pick<Scope, 'seenState'>;
  /** Made with the first write: most steps write none. */
  #pending: Map<string, Pending> | undefined;
  /** What it has read. The scope has seen it only when the attempt succeeds: another one reads again. */
  #reads: SeenState | undefined;
  #closed: string | undefined;

  /** @param scope Notes what its steps have read of the state. */
  constructor(run: RunState, scope: Pick<Scope, 'seenState'>) {
    this.#run = run;
    this.#scope = scope;
  }

  get(key: string, fallback?: unknown): unknown {
    checkKey(key);
    const value = this.#view(key, fallback);
    return value === undefined ? fallback : value;
  }

  async set(key: string, value: unknown, options?: unknown): Promise<void> {
    this.#checkOpen('set', key);
    if (options !== undefined) this.#run.checkSetOptions(key, options);
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

  /** Applies the writes to the run's state, and notes what was read. */
  apply(author: Author): StateOfAttempt {
    this.close('its step has ended');
    if (!this.#pending && !this.#reads) return NOTHING;
    // All values first: an `update` that throws, or returns what cannot be stored, must not leave the state half changed.
    const results = [...(this.#pending ?? [])].map(([key, pending]) => ({
      key,
      pending,
      before: this.#run.value(key),
      ...this.#commitValue(key, pending),
    }));
    const { scope, node, attempt, scopeOf } = author;
    const writer = { scope, node, attempt, within: scopeOf.within };
    const writes = results.map(({ key, pending, before, after, text }) => {
      const seen = this.#seen(key);
      const lost = pending.op === 'set' && seen?.read ? overwritten(this.#run, key, seen.version, writer) : undefined;
      const version = this.#run.put(key, text, writer);
      const everRead = seen?.everRead === true;
      this.#scope.seenState.set(key, { version, number: numberIn(after), read: false, everRead });
      this.#reads?.delete(key);
      const delta = added(pending, seen, before, after);
      return {
        key,
        op: pending.op,
        value: text,
        version,
        delta,
        adds: isReplacement(pending) && everRead ? addsOf(delta, scopeOf.batch?.items) : null,
        lost,
      };
    });
    return { writes, reads: this.#noteReads() };
  }

  /** Whether it has written anything. */
  get hasWrites(): boolean {
    return this.#pending !== undefined;
  }

  /** Whether what it writes is computed from what is there. */
  get hasUpdates(): boolean {
    return [...(this.#pending ?? [])].some(([, { op }]) => op === 'update');
  }

  /**
   * What it writes, computed from the state as this worker knows it: the runner decides. May be asked for again, when what it
   * builds on has changed.
   */
  intents({ scopeOf }: Pick<Author, 'scopeOf'>): StateIntent[] {
    this.close('its step has ended');
    return [...(this.#pending ?? [])].map(([key, pending]) => {
      const before = this.#run.value(key);
      const { after, text } = this.#commitValue(key, pending);
      const seen = this.#seen(key);
      const delta = added(pending, seen, before, after);
      return {
        key,
        op: pending.op,
        text,
        by: pending.op === 'incr' ? pending.by : undefined,
        base: this.#run.version(key),
        read: pending.op === 'set' && seen?.read ? seen.version : undefined,
        delta,
        adds: isReplacement(pending) && seen?.everRead ? addsOf(delta, scopeOf.batch?.items) : null,
      };
    });
  }

  /** Notes what it has seen of the state, once the runner has stored what it wrote. */
  settle({ entries }: CommitAnswer): void {
    for (const { key, text, version } of entries) {
      const everRead = this.#seen(key)?.everRead === true;
      const number = text === null ? undefined : numberIn(decode(text));
      this.#scope.seenState.set(key, { version, number, read: false, everRead });
      this.#reads?.delete(key);
    }
    this.#noteReads();
  }

  /** What it has read and does not write, in the form in which it is stored. */
  get readsText(): string | null {
    const others = [...(this.#reads ?? [])].filter(([key]) => !this.#pending?.has(key));
    return seenText(new Map(others));
  }

  #noteReads(): string | null {
    if (!this.#reads) return null;
    for (const [key, seen] of this.#reads) this.#scope.seenState.set(key, seen);
    return seenText(this.#reads);
  }

  #seen(key: string): Seen | undefined {
    return this.#reads?.get(key) ?? this.#scope.seenState.get(key);
  }

  /** @param fallback What the reader uses when the key has no value. */
  #view(key: string, fallback: unknown = 0): unknown {
    const pending = this.#pending?.get(key);
    if (pending) return this.#result(key, pending);
    const value = this.#run.value(key);
    (this.#reads ??= new Map()).set(key, {
      version: this.#run.version(key),
      number: numberIn(value === undefined ? fallback : value),
      read: true,
      everRead: true,
    });
    return value;
  }

  #write(key: string, pending: Pending): void {
    (this.#pending ??= new Map()).set(key, pending);
  }

  #result(key: string, pending: Pending): unknown {
    switch (pending.op) {
      case 'set':
        return decode(pending.text);
      case 'delete':
        return undefined;
      case 'incr':
        return numberOrZero(this.#run.value(key), key) + pending.by;
      case 'update': {
        const text = this.#resultOfUpdates(key, pending);
        return text === undefined ? undefined : decode(text);
      }
    }
  }

  /** The value that a key gets with the checkpoint. Updates are computed anew, on what is committed now. */
  #commitValue(key: string, pending: Pending): { after: unknown; text: string | null } {
    if (pending.op === 'update') pending.result = undefined;
    const after = this.#result(key, pending);
    return { after, text: after === undefined ? null : encode(after, nameOf(key)) };
  }

  #resultOfUpdates(key: string, updates: Updates): string | undefined {
    const version = this.#run.version(key);
    if (updates.result?.version !== version)
      updates.result = { version, text: textOf(updates.changes.reduce(changed, this.#run.value(key)), key) };
    return updates.result.text;
  }

  #change(key: string, change: Change): void {
    const pending = this.#pending?.get(key);
    switch (pending?.op) {
      case 'set':
      case 'delete': {
        const value = changed(this.#result(key, pending), change);
        return this.#write(key, value === undefined ? { op: 'delete' } : pendingSet(key, value));
      }
      case 'update': {
        // Computed first: a change that throws is none.
        const text = textOf(changed(this.#result(key, pending), change), key);
        pending.changes.push(change);
        pending.result = { version: this.#run.version(key), text };
        return;
      }
      default: {
        const changes = pending ? [(value: unknown) => numberOrZero(value, key) + pending.by, change] : [change];
        const updates: Updates = { op: 'update', changes, result: undefined };
        this.#resultOfUpdates(key, updates);
        this.#write(key, updates);
      }
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

function changed(current: unknown, change: Change): unknown {
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
  return { op: 'set', text: encode(value, nameOf(key)) };
}

function textOf(value: unknown, key: string): string | undefined {
  return value === undefined ? undefined : encode(value, nameOf(key));
}

function nameOf(key: string): string {
  return `state[${describeValue(key)}]`;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Whose write of a key a `set` puts another value in the place of, unread: another one than its batch had read. */
export function overwritten(
  run: Pick<RunState, 'entry'>,
  key: string,
  read: number,
  writer: LastWriter,
): LastWriter | undefined {
  const entry = run.entry(key);
  const isLost = entry?.writer !== undefined && read !== entry.version && areBeside(entry.writer, writer);
  return isLost ? entry.writer : undefined;
}

/** Whether two attempts may be executed at the same time: neither of their scopes waits for the other. */
function areBeside(one: LastWriter, other: LastWriter): boolean {
  return !one.within.includes(other.scope) && !other.within.includes(one.scope);
}

/** Whether a write puts a value in the place of another, and says nothing of how it came to it. */
function isReplacement({ op }: Pending): boolean {
  return op === 'set' || op === 'delete';
}

/** What the write added, where it was an addition: that can be taken back when the step is repeated. */
function added(pending: Pending, seen: Seen | undefined, before: unknown, after: unknown): number | null {
  if (pending.op === 'incr') return pending.by;
  if (typeof after !== 'number') return null;
  if (pending.op === 'set') return seen?.number === undefined || !seen.everRead ? null : after - seen.number;
  if (pending.op === 'update' && (before === undefined || typeof before === 'number'))
    return addedBy(value => pending.changes.reduce(changed, value), before ?? 0, after);
  return null;
}
