import { encode } from '../../store/codec.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { lastSubflow } from '../../store/subflow-store.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { Attempt } from '../attempt.ts';
import { isBegunFor, resultOf } from '../subflow/begun-for.ts';
import type { SubflowCall, SubflowResult, Subflows } from '../subflow/subflows.ts';

/** A probe has come to a run of another workflow that it would have to execute. */
class RunNeeded extends Error {
  override readonly name = 'RunNeeded';
}

/** Subflows in a probe: it gives what a run has come to that was given the same, and starts none. At any other the probe ends. */
export class ProbedSubflows implements Subflows {
  readonly runs = [];
  readonly #db: StoreDatabase;
  readonly #run: number;
  readonly #scope: number;
  readonly #onNeeded: (what: string) => void;

  /** @param db Of the run. @param scope Of the batch that is probed. @param onNeeded Hears at what the probe ends. */
  constructor(db: StoreDatabase, run: number, scope: number, onNeeded: (what: string) => void) {
    this.#db = db;
    this.#run = run;
    this.#scope = scope;
    this.#onNeeded = onNeeded;
  }

  async execute(attempt: Attempt, { workflow, input }: SubflowCall): Promise<SubflowResult> {
    const known = lastSubflow(this.#db, this.#run, this.#scope, attempt.node);
    if (known?.status === 'completed' && isBegunFor(known, workflow, encode(input, 'input')))
      return await Promise.resolve(resultOf(this.#db, known.child));
    const what = `a run of ${describeValue(workflow)}`;
    this.#onNeeded(what);
    const error = new RunNeeded(`A probe does not start ${what}.`);
    // Also where the step has an answer to failures.
    attempt.abort(error);
    throw error;
  }

  take(): void {}

  async ended(): Promise<void> {}
}
