import { sha256 } from '../sha256.ts';
import { decode } from '../store/codec.ts';
import { WorkflowError, describeValue } from '../workflow/errors.ts';
import { nearest } from '../workflow/nearest.ts';
import type { SeenState } from './seen-state.ts';

/** The stored result of a step: decoded when it is first read. */
export class Checkpoint {
  readonly node: number;
  readonly attempt: number;
  #unread: string | (() => unknown) | undefined;
  #value: unknown;

  /** @param output In the codec's text; a function gives the output itself, when it is first asked for. */
  constructor(node: number, attempt: number, output: string | (() => unknown)) {
    this.node = node;
    this.attempt = attempt;
    this.#unread = output;
  }

  /** Whether its output was read. */
  get isRead(): boolean {
    return this.#unread === undefined;
  }

  get output(): unknown {
    if (this.#unread !== undefined) {
      this.#value = typeof this.#unread === 'string' ? decode(this.#unread) : this.#unread();
      this.#unread = undefined;
    }
    return this.#value;
  }
}

/** An attempt that did not succeed, in an earlier process or in an earlier attempt of the batch. */
export interface PreviousAttempt {
  readonly attempt: number;
  readonly output: string | null;
  readonly failed: boolean;
  /**
   * Until when the step was to wait when its process ended, and how long in all: after a failed attempt for the next one,
   * otherwise for its delay.
   */
  readonly waits?: { readonly until: number; readonly ms: number } | undefined;
}

export type Names = { has(name: string): boolean; keys(): Iterable<string> };

const NO_NAMES: Names = new Map();

/**
 * The results of steps by name: of the workflow itself, of one batch, or of one round of a while.
 * A name is looked up here first, and then in the scopes around.
 */
export class Scope {
  /** The batch's number in the run; 0 is the workflow itself. */
  readonly id: number;
  /** Node path of the batch node it belongs to; '' for the workflow. */
  readonly path: string;
  readonly parent: Scope | undefined;
  /** Of its batch or round among its siblings; undefined for the workflow. */
  readonly index: number | undefined;
  readonly batch: { readonly node: string; readonly index: number; readonly items: number } | undefined;
  /** The items of the batch, in the codec's text. A round of a while has none of its own. */
  readonly #itemsText: string | undefined;
  attempt: number;
  /** Nothing of it is in the store yet, so nothing needs to be read from there. */
  fresh = true;
  /** By node number. A node that has a checkpoint is never executed again. */
  readonly checkpoints = new Map<number, Checkpoint>();
  /** The names that its chain defines. A name that is not here, and in no scope around, is a misspelling. */
  names: Names = NO_NAMES;
  last: Checkpoint | undefined;
  /** The worker that executes its latest attempt; undefined: this process. */
  worker: number | undefined;
  /** Gives a body its items back as they were, before another attempt. */
  restoreItems: (() => void) | undefined;
  /** Set when its timeout is over: nothing in it may begin any more. */
  abortedBy: Error | undefined;
  readonly #byName = new Map<string, Checkpoint>();
  // Made when they are first needed: there are many batches, and most need none of these.
  #previousAttempts: Map<number, PreviousAttempt> | undefined;
  #attemptsBefore: { readonly attempt: number; readonly byNode: Map<number, number> } | undefined;
  #seenState: SeenState | undefined;
  #within: readonly number[] | undefined;
  #itemsDigest: string | undefined;
  #scopePath: string | undefined;
  #steps: Record<string, unknown> | undefined;

  constructor(
    id: number,
    of: {
      path: string;
      parent?: Scope;
      index?: number;
      batch?: Scope['batch'];
      attempt?: number;
      itemsText?: string;
    },
  ) {
    this.id = id;
    this.path = of.path;
    this.parent = of.parent;
    this.index = of.index;
    this.batch = of.batch ?? of.parent?.batch;
    this.attempt = of.attempt ?? 1;
    this.#itemsText = of.itemsText;
  }

  /**
   * A node's path with the index of each batch it is in: `clean[3]/trim`. A bracket that stands in an id is escaped, as `~`
   * and `/` are: a node may be called `clean[3]`.
   */
  scopePathOf(nodePath: string): string {
    const own = nodePath.slice(this.path === '' ? 0 : this.path.length + 1).replaceAll('[', '~2');
    return this.path === '' ? own : `${(this.#scopePath ??= this.#placed())}/${own}`;
  }

  /** Its own path with the index of each batch. */
  #placed(): string {
    return this.index === undefined ? '' : `${this.parent?.scopePathOf(this.path) ?? this.path}[${this.index}]`;
  }

  /**
   * What the items of this batch and of those around it are, in a few characters; '' where there are none. Computed when it
   * is first read.
   */
  get itemsDigest(): string {
    return (this.#itemsDigest ??= this.#digestItems());
  }

  /** The items of this batch, or of the nearest one around, in the codec's text. */
  get itemsText(): string | undefined {
    return this.#itemsText ?? this.parent?.itemsText;
  }

  /** What it has read of the run's state. */
  get seenState(): SeenState {
    return (this.#seenState ??= new Map());
  }

  previousAttempt(node: number): PreviousAttempt | undefined {
    return this.#previousAttempts?.get(node);
  }

  setResult(node: number, attempt: PreviousAttempt): void {
    (this.#previousAttempts ??= new Map()).set(node, attempt);
  }

  /** Attempts of a node that began in an earlier process, within this attempt of the batch: its retries have used them up. */
  attemptsBefore(node: number): number {
    return this.#attemptsBefore?.attempt === this.attempt ? (this.#attemptsBefore.byNode.get(node) ?? 0) : 0;
  }

  countAttempt(node: number): void {
    const { byNode } = (this.#attemptsBefore ??= { attempt: this.attempt, byNode: new Map() });
    byNode.set(node, (byNode.get(node) ?? 0) + 1);
  }

  /** Gives a step its result. With a name, it becomes `ctx.last`. */
  setCheckpoint(name: string | undefined, checkpoint: Checkpoint): void {
    this.checkpoints.set(checkpoint.node, checkpoint);
    if (name === undefined) return;
    this.#byName.set(name, checkpoint);
    this.last = checkpoint;
  }

  /** Its results by name, in the order in which they came. */
  get results(): Iterable<[string, Checkpoint]> {
    return this.#byName;
  }

  get lastOutput(): unknown {
    return this.last ? this.last.output : this.parent?.lastOutput;
  }

  /** `ctx.steps`: results by name. Throws for a name that no step has, and suggests one. */
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

  /** Its number and those of the scopes around it, the innermost first. */
  get within(): readonly number[] {
    return (this.#within ??= this.parent ? [this.id, ...this.parent.within] : [this.id]);
  }

  isWithin(outer: Scope): boolean {
    return this === outer || (this.parent?.isWithin(outer) ?? false);
  }

  /** The error that ended this scope or one around it, if one did. */
  abortedWith(): Error | undefined {
    return this.abortedBy ?? this.parent?.abortedWith();
  }

  #digestItems(): string {
    const around = this.parent?.itemsDigest ?? '';
    if (this.#itemsText === undefined) return around;
    return sha256(`${around} ${this.#itemsText}`).slice(0, 24);
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
