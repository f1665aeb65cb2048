import { createHash } from 'node:crypto';
import { isStepNamed, type DemoFailure, type DemoOptions } from '../../workflow/demo-option.ts';
import type { Attempt } from '../attempt.ts';
import type { Run } from '../run.ts';
import { wait } from '../waits.ts';

/** What makes two numbers of one seed and one place independent of each other. */
type Purpose = 'fails' | 'pace';

/**
 * What a demo does to the steps of its run: each takes a little longer, and some fail that would not. Both depend on the seed and
 * the place alone, so they are the same in each demo, whatever runs beside it and however often its process is killed.
 */
export class Demo {
  readonly #options: Pick<DemoOptions, 'seed' | 'pace' | 'fail'>;
  readonly #isHealed: boolean;

  /** @param isHealed Whether the run has been re-run: from then on nothing fails that would not */
  constructor(options: Pick<DemoOptions, 'seed' | 'pace' | 'fail'>, isHealed: boolean) {
    this.#options = options;
    this.#isHealed = isHealed;
  }

  /** Executes a step as the demo wants it. @throws what the demo makes the step fail with */
  async perform(run: Run, attempt: Attempt, work: () => unknown): Promise<unknown> {
    const ms = this.paceOf(attempt);
    if (ms > 0) await wait(run, ms, attempt.scopeOf);
    // Another member of a race may have won meanwhile.
    attempt.throwIfAborted();
    const failure = this.#isHealed ? undefined : this.#options.fail.find(rule => this.#applies(rule, attempt));
    if (failure) throw typeof failure.error === 'string' ? new DemoFailureError(failure.error) : failure.error;
    return await work();
  }

  /** How much longer an attempt takes. From half the pace to one and a half times: batches that all take equally long would look like a machine's. */
  paceOf(attempt: Attempt): number {
    const { pace } = this.#options;
    return pace === 0 ? 0 : Math.round(pace * (0.5 + this.#numberOf('pace', attempt)));
  }

  #applies({ step, in: where }: DemoFailure, attempt: Attempt): boolean {
    if (!isStepNamed(attempt.path, step)) return false;
    switch (where.kind) {
      case 'all':
        return true;
      case 'some': {
        const { batch } = attempt.scopeOf;
        return batch !== undefined && where.batches.has(batch.index);
      }
      case 'share':
        return this.#numberOf('fails', attempt) < where.share;
    }
  }

  /** A number from 0 up to 1 that belongs to a step in a batch. */
  #numberOf(purpose: Purpose, { scopeOf, path }: Attempt): number {
    const key = JSON.stringify([this.#options.seed, purpose, scopeOf.scopePathOf(path)]);
    return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
  }
}

/** A failure that only this demo has. It has no stack: no line of the author's has thrown it. */
class DemoFailureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Error';
    this.stack = `Error: ${message}`;
  }
}
