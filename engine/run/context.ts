import type { Attempt } from './attempt.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { CancelRequest } from './stop.ts';

/** What handlers are passed as `ctx`; see Context in workflow/types.ts for what each member means to an author. */
export class StepContext {
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #attempt: Attempt;
  /** The error an `onError` handler is asked about. */
  readonly error: Error | undefined;

  constructor(run: Run, scope: Scope, attempt: Attempt, error?: Error) {
    this.#run = run;
    this.#scope = scope;
    this.#attempt = attempt;
    this.error = error;
  }

  get payload(): unknown {
    return this.#run.payload;
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
    return this.#run.info;
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

  /** The same for every attempt of this step of this batch, and of nothing else anywhere. */
  get idempotencyKey(): string {
    return `${this.#run.uid}:${this.#attempt.scopeOf.placeOf(this.#attempt.path)}`;
  }

  results(name: string): AsyncIterable<unknown> {
    return this.#run.results(this.#scope, name);
  }

  cancel(reason = 'the workflow asked for it'): never {
    throw new CancelRequest(reason);
  }
}

/** `ctx` of an `items` function: adds where to go on after an interruption. */
export class ItemsContext extends StepContext {
  /** Whether the author asked for the offset, and so has taken it into account. */
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
