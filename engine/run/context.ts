import { CANCEL_REASON } from '../../common/node-kinds.ts';
import { describeValue } from '../workflow/errors.ts';
import { nodePath } from '../../common/node-paths.ts';
import type { Attempt } from './attempt.ts';
import { each } from './items/each.ts';
import { effectCall } from './effects/effect-call.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { CancelRequest } from './stop.ts';

/** Ends the idempotency key of an `onError`, which does something else than its step. No escaped id begins like this. */
const ON_ERROR = '~onError';

/** The `ctx` of handlers. Context in workflow/types.ts says what each member means to an author. */
export class StepContext {
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #attempt: Attempt;
  /** The failure, for an `onError` handler. */
  readonly error: Error | undefined;

  constructor(run: Run, scope: Scope, attempt: Attempt, error?: Error) {
    this.#run = run;
    this.#scope = scope;
    this.#attempt = attempt;
    this.error = error;
  }

  get payload(): unknown {
    return this.#run.facts.payload;
  }
  get steps(): unknown {
    return this.#scope.steps;
  }
  get last(): unknown {
    return this.#scope.lastOutput;
  }
  get state(): unknown {
    return this.#attempt.state;
  }
  get run(): unknown {
    return this.#run.facts.info;
  }
  get workflow_id(): string {
    return this.#run.facts.info.workflowId;
  }
  get batch(): unknown {
    return this.#scope.batch;
  }
  get attempt(): number {
    return this.#attempt.attempt;
  }
  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  /**
   * The same for every attempt of this step with these items, and of nothing else anywhere. A batch of the same index may get
   * other items: by an edit, or when its node is repeated. An outside system would take a key that stays for work it has done.
   */
  get idempotencyKey(): string {
    const { scopeOf, path } = this.#attempt;
    const items = scopeOf.itemsDigest;
    const place = scopeOf.scopePathOf(path);
    const own = this.error === undefined ? place : `${place}/${ON_ERROR}`;
    return `${this.#run.facts.keyBase}${items === '' ? '' : `-${items}`}:${own}`;
  }

  results(name: string): AsyncIterable<unknown> {
    const { numbering, progress, outputs } = this.#run;
    for (let scope: Scope | undefined = this.#scope; scope; scope = scope.parent) {
      const node = numbering.findNode(nodePath(scope.path, name));
      // In a worker that goes on with the batch of another one, it has begun there.
      if (node !== undefined && (progress.find(node) || scope.checkpoints.has(node))) return outputs(node, scope.id);
    }
    throw new Error(`ctx.results(${describeValue(name)}): there is no batch or forEach of that name before this step.`);
  }

  item(index: number): void {
    this.#attempt.marks.work(index);
  }

  async each(items: unknown, fn: unknown, options?: unknown): Promise<unknown[]> {
    const { marks } = this.#attempt;
    const isOver = () => this.#attempt.ended || this.#attempt.signal.aborted;
    return await each({ marks, batchItems: this.#scope.batch?.items ?? 0, isOver }, items, fn, options);
  }

  async effect(key: unknown, perform: unknown, options?: unknown): Promise<unknown> {
    const call = effectCall(key, perform, options);
    const { effects, replacements } = this.#run;
    return await effects.execute(this.#attempt, replacements?.effect(this.#attempt, call) ?? call);
  }

  cancel(reason = CANCEL_REASON): never {
    throw new CancelRequest(reason);
  }
}

/** The `ctx` of an `items` function: adds where to continue after an interruption. */
export class ItemsContext extends StepContext {
  /** Whether the author's code has read the offset, and so skips the items itself. */
  offsetWasRead = false;
  readonly offset: number;
  readonly resume: { readonly offset: number };

  constructor(run: Run, scope: Scope, attempt: Attempt, offset: number) {
    super(run, scope, attempt);
    this.offset = offset;
    const noteRead = () => {
      this.offsetWasRead = true;
    };
    this.resume = {
      get offset() {
        noteRead();
        return offset;
      },
    };
  }
}
