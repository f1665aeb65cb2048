import { decode } from '../store/codec.ts';
import type { Writer } from '../store/records.ts';
import { describeValue } from '../workflow/errors.ts';
import { asOptions, rejectUnknown } from '../workflow/options.ts';
import type { StateEntry } from './workers/protocol.ts';

/** The attempt that wrote a value. Numbers only: the state outlives every batch, whose items and outputs must not stay with it. */
export interface LastWriter extends Writer {
  /** The numbers of its scope and of all around it, the innermost first. */
  readonly within: readonly number[];
}

interface Entry {
  readonly text: string;
  readonly version: number;
  readonly writer: LastWriter | undefined;
}

/** The committed state of a run, as all its steps see it. Values are stored as text, so that no step can change one in place. */
export class RunState {
  readonly #entries = new Map<string, Entry>();
  /** Versions continue after a delete, so that a key that is set again is not mistaken for the one that was read. */
  readonly #versions = new Map<string, number>();
  #hasToldOfTtl = false;
  /** Hears of each write: workers have the state, too. */
  onPut: ((key: string) => void) | undefined;

  restore(rows: Iterable<{ key: string; value: string; version: number }>): void {
    for (const { key, value, version } of rows) {
      this.#entries.set(key, { text: value, version, writer: undefined });
      this.#versions.set(key, version);
    }
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  value(key: string): unknown {
    const entry = this.#entries.get(key);
    return entry && decode(entry.text);
  }

  /** Cronflow has the option `ttl`. The state is that of one run and ends with it: told once, not refused. */
  checkSetOptions(key: string, options: unknown): void {
    const what = `state.set(${describeValue(key)})`;
    rejectUnknown(asOptions(options, `${what}: what it is given as options`), ['ttl'], what);
    if (this.#hasToldOfTtl) return;
    this.#hasToldOfTtl = true;
    // The console of a step is its log.
    console.warn(`${what}: the option ttl has no effect. The value stays for the whole run.`);
  }

  version(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  put(key: string, text: string | null, writer: LastWriter): number {
    const version = this.version(key) + 1;
    this.#versions.set(key, version);
    if (text === null) this.#entries.delete(key);
    else this.#entries.set(key, { text, version, writer });
    this.onPut?.(key);
    return version;
  }

  /** In a worker: a value that the runner has told of. A later one may be here already. */
  learn({ key, text, version }: StateEntry): void {
    if (version <= this.version(key)) return;
    this.#versions.set(key, version);
    if (text === null) this.#entries.delete(key);
    else this.#entries.set(key, { text, version, writer: undefined });
  }

  /** A value with its version, also of a key that was deleted. */
  told(key: string): StateEntry {
    return { key, text: this.#entries.get(key)?.text ?? null, version: this.version(key) };
  }

  keys(): Iterable<string> {
    return this.#versions.keys();
  }

  toObject(): Record<string, unknown> {
    return Object.fromEntries([...this.#entries].map(([key, entry]) => [key, decode(entry.text)]));
  }
}
