import { decode } from '../store/codec.ts';
import { WorkflowError, describeValue } from '../workflow/errors.ts';
import { nearest } from '../workflow/nearest.ts';
import type { SeenState } from './state.ts';

/** The kept result of a step: read from its text when it is first asked for. */
export class Checkpoint {
  readonly node: number;
  readonly attempt: number;
  #text: string | undefined;
  #value: unknown;

  constructor(node: number, attempt: number, text: string) {
    this.node = node;
    this.attempt = attempt;
    this.#text = text;
  }

  get output(): unknown {
    if (this.#text !== undefined) {
      this.#value = decode(this.#text);
      this.#text = undefined;
    }
    return this.#value;
  }
}

/** An attempt that an earlier process, or an earlier attempt of the batch, left behind without success. */
export interface PreviousAttempt {
  readonly attempt: number;
  readonly output: string | null;
  readonly failed: boolean;
}

export type Names = { has(name: string): boolean; keys(): Iterable<string> };

const NO_NAMES: Names = new Map();

/**
 * Where steps keep their results by name: the workflow itself, one batch, or one round of a while.
 * Names are looked up here first and then outwards.
 */
export class Scope {
  /** The batch's number in the run; 0 is the workflow itself. */
  readonly id: number;
  /** Node path of the batch node it belongs to; '' for the workflow. */
  readonly path: string;
  readonly parent: Scope | undefined;
  readonly batch: { readonly node: string; readonly index: number; readonly items: number } | undefined;
  /** Its own path with indices, '' for the workflow: see scopePathOf. */
  readonly scopePath: string;
  attempt: number;
  /** Nothing of it is in the store yet, so nothing need be looked for there. */
  fresh = true;
  /** Checkpoints by node number: what is here is never executed again. */
  readonly checkpoints = new Map<number, Checkpoint>();
  /** Names its chain defines; a name that is not here or further out is a misspelling. */
  names: Names = NO_NAMES;
  last: Checkpoint | undefined;
  /** Gives a body its items back as they were, before another try. */
  restoreItems: (() => void) | undefined;
  /** Set when its time is up: nothing in it may begin any more. */
  abortedBy: Error | undefined;
  readonly #byName = new Map<string, Checkpoint>();
  // Most batches need neither, and there are many: made when first needed.
  #previousAttempts: Map<number, PreviousAttempt> | undefined;
  #seenState: SeenState | undefined;
  #steps: Record<string, unknown> | undefined;

  constructor(
    id: number,
    of: { path: string; parent?: Scope; index?: number; batch?: Scope['batch']; attempt?: number },
  ) {
    this.id = id;
    this.path = of.path;
    this.parent = of.parent;
    this.batch = of.batch ?? of.parent?.batch;
    this.attempt = of.attempt ?? 1;
    this.scopePath = of.index === undefined ? '' : `${of.parent?.scopePathOf(of.path) ?? of.path}[${of.index}]`;
  }

  /** A node's path with the index of each batch it is in: `clean[3]/trim`. */
  scopePathOf(nodePath: string): string {
    return this.path === '' ? nodePath : `${this.scopePath}/${nodePath.slice(this.path.length + 1)}`;
  }

  /** What it has seen of the run's state. */
  get seenState(): SeenState {
    return (this.#seenState ??= new Map());
  }

  previousAttempt(node: number): PreviousAttempt | undefined {
    return this.#previousAttempts?.get(node);
  }

  setResult(node: number, attempt: PreviousAttempt): void {
    (this.#previousAttempts ??= new Map()).set(node, attempt);
  }

  /** A step has this result now; it is what `ctx.last` gives. */
  setCheckpoint(name: string | undefined, checkpoint: Checkpoint): void {
    this.checkpoints.set(checkpoint.node, checkpoint);
    if (name === undefined) return;
    this.#byName.set(name, checkpoint);
    this.last = checkpoint;
  }

  get lastOutput(): unknown {
    return this.last ? this.last.output : this.parent?.lastOutput;
  }

  /** `ctx.steps`: results by name. A name no step has throws, and says which it may have been. */
  get steps(): Record<string, unknown> {
    this.#steps ??= new Proxy<Record<string, unknown>>(
      {},
      {
        get: (_target, name) => (typeof name === 'string' ? this.#find(name) : undefined),
        has: (_target, name) => typeof name === 'string' && this.#lookUp(name) !== undefined,
        ownKeys: () => [...this.#allNames()],
        getOwnPropertyDescriptor: (_target, name) => ({
          configurable: true,
          enumerable: true,
          value: typeof name === 'string' ? this.#lookUp(name) : undefined,
        }),
        set: (_target, name) => {
          throw new TypeError(
            `ctx.steps[${describeValue(String(name))}] cannot be set: results are what steps return.`,
          );
        },
      },
    );
    return this.#steps;
  }

  /** Whether this scope or one around it defines a step of that name. */
  knows(name: string): boolean {
    return this.names.has(name) || (this.parent?.knows(name) ?? false);
  }

  isWithin(outer: Scope): boolean {
    return this === outer || (this.parent?.isWithin(outer) ?? false);
  }

  /** The error that ended this scope or one around it, if one did. */
  abortedWith(): Error | undefined {
    return this.abortedBy ?? this.parent?.abortedWith();
  }

  #lookUp(name: string): Checkpoint | undefined {
    return this.#byName.get(name) ?? (this.names.has(name) || !this.parent ? undefined : this.parent.#lookUp(name));
  }

  #find(name: string): Checkpoint | undefined {
    const found = this.#lookUp(name);
    if (found || this.knows(name) || name === 'then' || name === 'toJSON') return found;
    const near = nearest(name, [...this.#allNames()]);
    throw new WorkflowError(
      `There is no step named ${describeValue(name)} here.${near ? ` Did you mean ${describeValue(near)}?` : ''}`,
    );
  }

  *#allNames(): Iterable<string> {
    const outer = this.parent ? [...this.parent.#allNames()].filter(name => !this.names.has(name)) : [];
    yield* new Set([...this.#byName.keys(), ...this.names.keys(), ...outer]);
  }
}
