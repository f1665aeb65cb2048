import { describeValue } from '../workflow/errors.ts';
import type { ParallelNode } from '../workflow/nodes.ts';
import type { Abortable } from './abort-registry.ts';
import type { Run } from './run.ts';
import { StepFailed } from './run-attempt.ts';
import type { StepHooks } from './steps.ts';
import { BatchCancelled, StopError, TimeoutError } from './stop.ts';
import { toStoredError } from './stored-error.ts';

/** The time that all members of a `parallel` have together. When it is over, those that run are ended and no other begins. */
export class ParallelTimeout implements StepHooks {
  readonly #node: ParallelNode;
  readonly #path: string;
  readonly #work = new Set<Abortable>();
  readonly cancel: () => void;
  #over: TimeoutError | undefined;

  private constructor(run: Run, node: ParallelNode, path: string, ms: number) {
    this.#node = node;
    this.#path = path;
    this.cancel = run.clock.after(ms, () => {
      this.#over = new TimeoutError(`${describeValue(path)} took longer than its timeout of ${ms} ms`);
      for (const work of this.#work) work.abort(this.#over);
    });
  }

  /** Undefined where it has none. In a demo each member takes longer, which is not its doing. */
  static start(run: Run, node: ParallelNode, path: string): ParallelTimeout | undefined {
    if (node.timeout === undefined || run.hasNoTimeouts || run.demo) return undefined;
    return new ParallelTimeout(run, node, path, node.timeout);
  }

  readonly onWork = (work: Abortable): void => void this.#work.add(work);
  readonly isOver = (): Error | undefined => this.#over;

  /** Before a member begins. @throws TimeoutError */
  check(): void {
    if (this.#over) throw this.#over;
  }

  /** What the node fails with, if that is because the time was over: as it is on record with a member that was ended. */
  failureOf(failed: readonly PromiseRejectedResult[]): StepFailed | undefined {
    const reasons = failed.map(({ reason }): unknown => reason);
    if (reasons.some(reason => reason instanceof StopError || reason instanceof BatchCancelled)) return undefined;
    const recorded = reasons.find(reason => reason instanceof StepFailed && reason.thrown === this.#over);
    if (recorded instanceof StepFailed) return recorded;
    if (!this.#over || !reasons.includes(this.#over)) return undefined;
    // Those that were not done waited, to begin or for another attempt: it is on record with none.
    const { explain, at } = this.#node;
    return new StepFailed(this.#over, { ...toStoredError(this.#over, explain, at), step: this.#path });
  }
}
