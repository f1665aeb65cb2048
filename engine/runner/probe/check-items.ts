import type { Found } from '../../../common/findings.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { shortIndices } from '../../../common/set-aside.ts';
import type { startRunner } from '../parent.ts';
import type { Problem } from '../protocol.ts';
import { NotProbed, ProbeProcess } from './probe-process.ts';

/** An item at fault that is to be tried with the code as it is now. */
export interface ItemToCheck {
  /** Its batch. */
  readonly scope: number;
  readonly item: number;
  readonly found: Exclude<Found, 'limit'>;
  /** The items that it fails together with. */
  readonly others: readonly number[];
}

/** What becomes of an item at fault with the code as it is now. */
export type CheckOutcome =
  | { readonly kind: 'passes' }
  | { readonly kind: 'fails'; readonly error: StoredError }
  /** It passes up to an effect, which no probe executes. */
  | { readonly kind: 'needs-effect' };

export interface CheckOptions {
  readonly store: string;
  readonly run: number;
  /** Where the workflow file is now, if it was moved. */
  readonly file?: string | undefined;
  /** Those of one batch stand together. */
  readonly items: readonly ItemToCheck[];
  readonly start: typeof startRunner;
  readonly signal: AbortSignal;
  /** Asked once, before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
  readonly onChecked: (item: ItemToCheck, outcome: CheckOutcome) => void;
}

export type CheckEnd =
  | { readonly kind: 'checked' }
  /** Nobody has allowed to execute the steps. */
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'stopped' }
  /** The file cannot be loaded, or has no such batch any more. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The longest time for one item. */
const LIMIT_MS = 5_000;
/** An item that fails not each time passes when it has passed so many times. */
const FLAKY_TIMES = 3;

/** Tries items at fault with the code as it is now, one after the other. Nothing of it is stored. */
export async function checkItems(options: CheckOptions): Promise<CheckEnd> {
  const checking = new Checking(options);
  try {
    return await checking.run();
  } catch (error) {
    if (options.signal.aborted) return { kind: 'stopped' };
    if (error instanceof NotProbed) return { kind: 'refused', problem: error.problem };
    throw error;
  } finally {
    checking.end();
  }
}

class Checking {
  readonly #options: CheckOptions;
  #process: ProbeProcess;
  #isAllowed: boolean | undefined;
  /** What is set aside of the batch that is open. */
  #gone: readonly number[] = [];

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#process = this.#start();
    options.signal.addEventListener('abort', () => this.end());
  }

  async run(): Promise<CheckEnd> {
    const { items, signal, onChecked } = this.#options;
    for (const item of items) {
      if (!(await this.#open(item.scope))) return { kind: 'not-allowed' };
      const outcome = await this.#outcome(item);
      if (signal.aborted) return { kind: 'stopped' };
      onChecked(item, outcome);
    }
    return { kind: 'checked' };
  }

  end(): void {
    this.#process.end();
  }

  /** Returns whether its steps may be executed. @throws NotProbed */
  async #open(scope: number): Promise<boolean> {
    if (this.#process.isOver) this.#process = this.#start();
    if (this.#process.scope === scope) return true;
    const { isPure, gone } = await this.#process.open(scope);
    this.#gone = gone;
    // Of several batch nodes, one may be pure and another not.
    return isPure || (this.#isAllowed ??= await this.#options.mayExecute());
  }

  async #outcome({ scope, item, found, others }: ItemToCheck): Promise<CheckOutcome> {
    for (let times = found === 'flaky' ? FLAKY_TIMES : 1; times > 0; times--) {
      await this.#open(scope);
      const group = shortIndices([item, ...others], this.#gone);
      const answer = await this.#process.probe(group, false, LIMIT_MS);
      if (!answer.passed) return { kind: 'fails', error: answer.error };
      if (answer.needsEffect !== undefined) return { kind: 'needs-effect' };
    }
    return { kind: 'passes' };
  }

  #start(): ProbeProcess {
    const { store, run, file, start } = this.#options;
    return new ProbeProcess({ kind: 'probe', store, run, file }, start);
  }
}
