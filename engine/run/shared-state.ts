import { decode, encode } from '../store/codec.ts';
import { sharedNumber, type SharedWrite } from '../store/shared-state.ts';
import { describeValue } from '../workflow/errors.ts';

/** The value of a key that all runs share, as it is committed. In the codec's text. */
export type ReadShared = (workflow: string, key: string) => string | undefined;

type Pending =
  | { readonly op: 'set'; readonly value: string; readonly expiresAt: number | null }
  | { readonly op: 'incr'; readonly by: number }
  | { readonly op: 'delete' };

interface PendingWrite {
  readonly workflow: string;
  readonly key: string;
  readonly change: Pending;
}

/**
 * What one attempt does with the state that runs share: it reads what is committed and what it has written itself. Its writes become
 * everybody's when it succeeds, together with its checkpoint, so that a step that is executed again counts once.
 */
export class AttemptShared {
  readonly #read: ReadShared;
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingWrite>();
  #closed: string | undefined;

  constructor(read: ReadShared, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  get(workflow: string, key: string): unknown {
    const change = this.#pending.get(idOf(workflow, key))?.change;
    switch (change?.op) {
      case 'set':
        return decode(change.value);
      case 'delete':
        return undefined;
      case 'incr':
        return sharedNumber(this.#committed(workflow, key), key) + change.by;
      case undefined:
        return this.#committed(workflow, key);
    }
  }

  set(workflow: string, key: string, value: string, ttlMs: number | undefined): void {
    const expiresAt = ttlMs === undefined ? null : this.#now() + ttlMs;
    this.#write(workflow, key, { op: 'set', value, expiresAt });
  }

  /** Returns what it comes to, as far as is known before it is committed. */
  increment(workflow: string, key: string, by: number): number {
    const sum = sharedNumber(this.get(workflow, key), key) + by;
    const before = this.#pending.get(idOf(workflow, key))?.change;
    if (before?.op === 'incr') this.#write(workflow, key, { op: 'incr', by: before.by + by });
    else if (before === undefined) this.#write(workflow, key, { op: 'incr', by });
    else {
      const expiresAt = before.op === 'set' ? before.expiresAt : null;
      this.#write(workflow, key, { op: 'set', value: encode(sum, 'state'), expiresAt });
    }
    return sum;
  }

  /** Returns whether there was a value. */
  remove(workflow: string, key: string): boolean {
    const wasThere = this.get(workflow, key) !== undefined;
    this.#write(workflow, key, { op: 'delete' });
    return wasThere;
  }

  /** After this, writes throw: they would be lost. */
  close(why: string): void {
    this.#closed ??= why;
  }

  writes(): SharedWrite[] {
    const at = this.#now();
    return [...this.#pending.values()].map(({ workflow, key, change }) => ({ workflow, key, at, ...change }));
  }

  #write(workflow: string, key: string, change: Pending): void {
    if (this.#closed)
      throw new Error(
        `The state ${describeValue(key)} was to be changed too late: ${this.#closed}. Await everything a step does before it returns.`,
      );
    this.#pending.set(idOf(workflow, key), { workflow, key, change });
  }

  #committed(workflow: string, key: string): unknown {
    const text = this.#read(workflow, key);
    return text === undefined ? undefined : decode(text);
  }
}

function idOf(workflow: string, key: string): string {
  return JSON.stringify([workflow, key]);
}
