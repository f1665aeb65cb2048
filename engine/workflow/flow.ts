import { callSite } from './callsite.ts';
import { HALF_A_CHARACTER, WorkflowError, describeValue } from './errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { hasBatches, isDurableWait, madeUpName, type NodeKind } from '../../common/node-kinds.ts';
import { nodePath } from '../../common/node-paths.ts';
import {
  type BatchNode,
  type Body,
  type Branch,
  type BranchNode,
  type Condition,
  type ParallelNode,
  type FlowNode,
  type Handler,
  type HumanNode,
  type LogLevel,
  type NodeWords,
  type StepNode,
  type StepRules,
} from './nodes.ts';
import { parseCache } from './cache-option.ts';
import { nearest } from './nearest.ts';
import type { Flow as TypedFlow, FlowKind } from './flow-types.ts';
import {
  asOptions,
  parseBatchOptions,
  parseDuration,
  parseForEachOptions,
  parseLongDuration,
  parseRetry,
  positiveInteger,
  rejectUnknown,
} from './options.ts';
import { refuseSurplusArguments } from './surplus-arguments.ts';
import { refusingUnknownMembers } from './unknown-member.ts';

/** What `flow.last`, `flow.state` and their like read while a body's steps run. */
export interface FlowView {
  readonly payload: unknown;
  readonly steps: unknown;
  readonly last: unknown;
  readonly state: unknown;
  readonly run: unknown;
  readonly signal: unknown;
}

/** Where nodes were defined, by node path. A body is called once per batch; its locations are found once. */
export type SourceLocations = Map<string, SourceLocation | undefined>;

type Words = string | Readonly<Record<string, unknown>>;

const STEP_OPTIONS = ['retry', 'timeout', 'delay', 'onError', 'cache', 'pure', 'title', 'description', 'explain'];
const NAME_OPTIONS = ['id', 'title', 'description', 'unit', 'explain', 'label'];
const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];
const HUMAN_OPTIONS = ['description', 'title', 'timeout', 'payload', 'onPause', 'onTimeout'];
const WHILE_OPTIONS = ['maxRounds', 'title', 'description'];

/** Cronflow has these, this engine does not: the error names the line instead of "is not a function". */
const NOT_HERE = ['pause'] as const;

/** A method for each kind of node, in the authors' types and in the class: a kind that either lacks is an error here. */
type NodeMethods = Pick<TypedFlow<FlowKind, unknown, unknown, unknown, unknown, unknown>, NodeKind>;

/** Builds one scope: the chain of a workflow, or of one call of a body. Types for authors are in types.ts. */
export class Flow implements Record<keyof NodeMethods, (...given: never) => unknown> {
  readonly #path: string;
  readonly #locations: SourceLocations;
  readonly #view: FlowView | undefined;
  readonly #nodes: FlowNode[] = [];
  /** The ifs that are open here, outermost first; steps go to the last branch of the last one. */
  readonly #open: BranchNode[] = [];
  readonly #ids = new Map<string, SourceLocation | undefined>();
  #latest: FlowNode | undefined;
  #unnamed = 0;
  #finished = false;

  constructor(path: string, locations: SourceLocations, view?: FlowView) {
    this.#path = path;
    this.#locations = locations;
    this.#view = view;
  }

  get last(): unknown {
    return this.#reading('last').last;
  }
  get steps(): unknown {
    return this.#reading('steps').steps;
  }
  get state(): unknown {
    return this.#reading('state').state;
  }
  get payload(): unknown {
    return this.#reading('payload').payload;
  }
  get run(): unknown {
    return this.#reading('run').run;
  }
  get signal(): unknown {
    return this.#reading('signal').signal;
  }

  step(name: Words, handler: Handler, options?: unknown): this {
    return this.#add(this.#stepNode('step', name, handler, options));
  }

  action(name: Words, handler: Handler, options?: unknown): this {
    return this.#add(this.#stepNode('action', name, handler, options));
  }

  retry(options: unknown): this {
    const { rules, what, at } = this.#modified('retry', 'use the option `retry` of the batch');
    rules.retry = parseRetry(options, `retry of ${what}`, at);
    return this;
  }

  timeout(duration: unknown): this {
    const { rules, what, at } = this.#modified('timeout', 'use the option `timeout` of the batch');
    rules.timeout = parseDuration(duration, `timeout of ${what}`, at);
    return this;
  }

  cache(options: unknown): this {
    const { rules, what, at } = this.#modified('cache', 'give it to the steps in its body');
    rules.cache = parseCache(options, cacheOf(this.#latest?.kind, what, at), at);
    return this;
  }

  delay(duration: unknown): this {
    const { rules, what, at } = this.#modified('delay', 'put a sleep before it');
    rules.delay = parseDuration(duration, `delay of ${what}`, at);
    return this;
  }

  onError(handler: Handler): this {
    const { rules, what, at } = this.#modified('onError', 'use the option `tolerateFailures` of the batch');
    rules.onError = asFunction(handler, `onError of ${what}`, at);
    return this;
  }

  if(name: Words, condition: Condition): this {
    const branch = this.#branch('if', name, condition);
    const node: BranchNode = { ...branch, kind: 'if', branches: [branch] };
    this.#add(node);
    this.#open.push(node);
    return this;
  }

  elseIf(name: Words, condition: Condition): this {
    const open = this.#openIf('elseIf');
    const branch = this.#branch('elseIf', name, condition);
    this.#claim(branch.id, branch.at);
    open.branches.push(branch);
    return this;
  }

  else(): this {
    const at = callSite();
    const open = this.#openIf('else');
    open.branches.push({ id: 'else', at, condition: undefined, nodes: [] });
    return this;
  }

  endIf(): this {
    if (this.#open.pop() === undefined)
      throw new WorkflowError(
        'endIf() closes no if: there is none open here. Take it away, or begin with .if(name, condition).',
        callSite(),
      );
    this.#latest = undefined;
    return this;
  }

  batch(name: Words, options: unknown, body: Body): this {
    const { id, at, ...words } = this.#named('batch', name);
    const what = `batch ${describeValue(id)}`;
    const given = asOptions(options, `${what}: its second argument`, at);
    if (given.items === undefined && !('items' in given && this.#isDrawn))
      throw new WorkflowError(
        `${what}: items is missing. Give it an array, a stream, or a function of ctx that returns one.`,
        at,
      );
    const node: BatchNode = {
      kind: 'batch',
      id,
      at,
      ...words,
      ...wordsOf(given, what, at),
      items: given.items,
      policy: parseBatchOptions(given, what, at),
      body: asFunction(body, `${what}: its body`, at),
    };
    return this.#add(node);
  }

  forEach(name: Words, items: unknown, body: Body, options: unknown = {}): this {
    const { id, at, ...words } = this.#named('forEach', name);
    const what = `forEach ${describeValue(id)}`;
    const given = asOptions(options, `${what}: what it is given as options`, at);
    if (items === undefined && !this.#isDrawn)
      throw new WorkflowError(
        `${what}: items is missing. Give it an array, a stream, or a function of ctx that returns one.`,
        at,
      );
    const node: BatchNode = {
      kind: 'forEach',
      id,
      at,
      ...words,
      ...wordsOf(given, what, at),
      items,
      policy: parseForEachOptions(given, what, at),
      body: asFunction(body, `${what}: its body`, at),
    };
    return this.#add(node);
  }

  parallel(nameOrMembers: unknown, members?: unknown, options?: unknown): this {
    return this.#add(this.#parallelNode('parallel', nameOrMembers, members, options));
  }

  race(nameOrMembers: unknown, members?: unknown, options?: unknown): this {
    return this.#add(this.#parallelNode('race', nameOrMembers, members, options));
  }

  while(name: Words, condition: Condition, body: (flow: never) => unknown, options: unknown = {}): this {
    const { id, at, ...words } = this.#named('while', name);
    const what = `while ${describeValue(id)}`;
    const given = asOptions(options, `${what}: what it is given as options`, at);
    rejectUnknown(given, WHILE_OPTIONS, what, at);
    return this.#add({
      kind: 'while',
      id,
      at,
      ...words,
      ...wordsOf(given, what, at),
      condition: asFunction(condition, `${what}: its condition`, at),
      body: asFunction(body, `${what}: its body`, at),
      maxRounds: positiveInteger(given.maxRounds ?? 1000, `${what}: maxRounds`, at),
    });
  }

  sleep(nameOrDuration: unknown, duration?: unknown): this {
    const named = duration !== undefined;
    const { id, at, ...words } = named ? this.#named('sleep', nameOrDuration as Words) : this.#unnamedNode('sleep');
    const given = named ? duration : nameOrDuration;
    return this.#add({
      kind: 'sleep',
      id,
      at,
      ...words,
      ms: typeof given === 'function' ? (given as Handler) : parseDuration(given, `sleep ${describeValue(id)}`, at),
    });
  }

  humanInTheLoop(nameOrOptions: unknown, options?: unknown): this {
    const named = options !== undefined || typeof nameOrOptions === 'string';
    const { id, at, ...words } = named
      ? this.#named('humanInTheLoop', nameOrOptions as Words)
      : this.#unnamedNode('humanInTheLoop');
    const what = `humanInTheLoop ${describeValue(id)}`;
    const given = asOptions((named ? options : nameOrOptions) ?? {}, `${what}: what it is given as options`, at);
    rejectUnknown(given, HUMAN_OPTIONS, what, at);
    const { timeout, onPause, onTimeout, payload } = given;
    return this.#add({
      kind: 'humanInTheLoop',
      id,
      at,
      ...words,
      ...wordsOf(given, what, at),
      timeout: timeout === undefined ? undefined : parseLongDuration(timeout, `${what}: timeout`, at),
      onPause: onPause === undefined ? undefined : asFunction(onPause as HumanNode['onPause'], `${what}: onPause`, at),
      onTimeout: onTimeout === undefined ? undefined : asFunction(onTimeout as Handler, `${what}: onTimeout`, at),
      payload: payload === undefined ? undefined : asFunction(payload as Handler, `${what}: payload`, at),
    });
  }

  waitForEvent(event: unknown, timeout?: unknown): this {
    const { id, at } = this.#unnamedNode('waitForEvent');
    if (typeof event !== 'string' || event.trim() === '')
      throw new WorkflowError(
        `waitForEvent: its event is ${describeValue(event)}. Give it the name of the event, such as 'payment.confirmed'.`,
        at,
      );
    return this.#add({
      kind: 'waitForEvent',
      id,
      at,
      title: `Wait for ${event}`,
      event,
      timeout:
        timeout === undefined
          ? undefined
          : parseLongDuration(timeout, `waitForEvent ${describeValue(event)}: its timeout`, at),
    });
  }

  subflow(name: Words, workflow: unknown, input: unknown = {}): this {
    const { id, at, ...words } = this.#named('subflow', name);
    if (typeof workflow !== 'string' || workflow.trim() === '')
      throw new WorkflowError(
        `subflow ${describeValue(id)}: its workflow is ${describeValue(workflow)}. Give it the id of a workflow, such as 'clean-films'.`,
        at,
      );
    return this.#add({ kind: 'subflow', id, at, ...words, workflow, input, rules: {} });
  }

  log(message: unknown, level: LogLevel = 'info'): this {
    const { id, at } = this.#unnamedNode('log');
    if (!LOG_LEVELS.includes(level)) {
      const near = typeof level === 'string' ? nearest(level, LOG_LEVELS) : undefined;
      throw new WorkflowError(
        `log: its level is ${describeValue(level)}. ${near ? `Did you mean '${near}'?` : "It can be 'debug', 'info', 'warn' or 'error'."}`,
        at,
      );
    }
    return this.#add({ kind: 'log', id, at, message, level });
  }

  cancel(reason?: string): this {
    const { id, at } = this.#unnamedNode('cancel');
    if (reason !== undefined && typeof reason !== 'string')
      throw new WorkflowError(`cancel: its reason is ${describeValue(reason)}. It is a text.`, at);
    return this.#add({ kind: 'cancel', id, at, reason });
  }

  /** The names this scope defines. */
  get names(): { has(name: string): boolean; keys(): Iterable<string> } {
    return this.#ids;
  }

  /** The finished chain. Nothing can be added to it any more. @throws WorkflowError when an `if` is not closed. */
  finish(): readonly FlowNode[] {
    const open = this.#open.at(-1);
    if (open)
      throw new WorkflowError(
        `The if ${describeValue(open.id)} is never closed. Add .endIf() after the last step that belongs to it.`,
        open.at,
      );
    this.#finished = true;
    return this.#nodes;
  }

  /**
   * A body is drawn with nothing in it: what it takes from its items, such as the items of a forEach inside, is
   * undefined then.
   */
  get #isDrawn(): boolean {
    return this.#view === undefined && this.#path !== '';
  }

  #reading(member: keyof FlowView): FlowView {
    if (this.#view) return this.#view;
    throw new Error(
      `flow.${member} can be read while the workflow runs, inside a step; here the workflow is only being drawn.`,
    );
  }

  #add(node: FlowNode): this {
    if (this.#finished)
      throw new WorkflowError(
        `${node.kind} ${describeValue(node.id)} comes too late: what it is added to has begun. Inside a body, add ` +
          `to the flow that the body is given; inside a step, nothing can be added.`,
        callSite(),
      );
    this.#claim(node.id, node.at);
    const branch = this.#open.at(-1)?.branches.at(-1);
    (branch ? branch.nodes : this.#nodes).push(node);
    this.#latest = node;
    return this;
  }

  #claim(id: string, at: SourceLocation | undefined): void {
    if (this.#ids.has(id)) {
      const first = this.#ids.get(id);
      throw new WorkflowError(
        `Two steps are named ${describeValue(id)}${first ? `; the first is in line ${first.line}` : ''}. Their ` +
          `results are stored by name, so give one of them another.`,
        at,
      );
    }
    this.#ids.set(id, at);
  }

  #stepNode(kind: StepNode['kind'], name: Words, handler: Handler, options: unknown): StepNode {
    const { id, at, ...words } = this.#named(kind, name);
    if (typeof handler !== 'function') asFunction(handler, `${kind} ${describeValue(id)}: its handler`, at);
    const node: StepNode = { kind, id, at, ...words, handler, rules: {} };
    if (options === undefined) return node;
    const what = `${kind} ${describeValue(id)}`;
    const given = asOptions(options, `${what}: what it is given as options`, at);
    rejectUnknown(given, STEP_OPTIONS, what, at);
    const { rules } = node;
    if (given.retry !== undefined) rules.retry = parseRetry(given.retry, `retry of ${what}`, at);
    if (given.timeout !== undefined) rules.timeout = parseDuration(given.timeout, `timeout of ${what}`, at);
    if (given.delay !== undefined) rules.delay = parseDuration(given.delay, `delay of ${what}`, at);
    if (given.onError !== undefined) rules.onError = asFunction(given.onError as Handler, `onError of ${what}`, at);
    if (given.cache !== undefined) rules.cache = parseCache(given.cache, cacheOf(kind, what, at), at);
    if (given.pure !== undefined) rules.pure = asFlag(given.pure, `pure of ${what}`, at);
    return { ...node, ...wordsOf(given, what, at) };
  }

  #parallelNode(kind: ParallelNode['kind'], nameOrMembers: unknown, members: unknown, options: unknown): ParallelNode {
    const named = members !== undefined;
    const { id, at, ...words } = named ? this.#named(kind, nameOrMembers as Words) : this.#unnamedNode(kind);
    const given: unknown = named ? members : nameOrMembers;
    const keyed = !Array.isArray(given);
    const what = `${kind} ${describeValue(id)}`;
    if (typeof given !== 'object' || given === null)
      throw new WorkflowError(
        `${what}: its members are ${describeValue(given)}. Give it an array or an object of functions.`,
        at,
      );
    if (options !== undefined)
      throw new WorkflowError(
        `${what} has no options: its members begin together. For retry, timeout or delay, put .retry(…), .timeout(…) or ` +
          `.delay(…) after it.`,
        at,
      );
    const entries: [string, unknown][] = Array.isArray(given)
      ? Array.from(given, (member: unknown, index) => [String(index + 1), member])
      : Object.entries(given);
    if (entries.length === 0) throw new WorkflowError(`${what} has no members. Give it at least one function.`, at);
    const blank = entries.find(([key]) => key.trim() === '');
    if (blank) throw new WorkflowError(`${what}: a member is named ${describeValue(blank[0])}. Give it a name.`, at);
    const half = entries.find(([key]) => !key.isWellFormed());
    if (half)
      throw new WorkflowError(
        `${what}: a member is named ${describeValue(half[0])}, ${HALF_A_CHARACTER}. Give it another name.`,
        at,
      );
    const rules: StepRules = {};
    return {
      kind,
      id,
      at,
      ...words,
      keyed,
      rules,
      members: entries.map(([key, handler]) => ({
        kind: 'step',
        id: key,
        at,
        rules,
        handler: asFunction(handler as Handler, `${what}: its member ${describeValue(key)}`, at),
      })),
    };
  }

  #branch(kind: 'if' | 'elseIf', name: Words, condition: Condition): Branch {
    const { id, at, ...words } = this.#named(kind, name);
    if (id === 'else')
      throw new WorkflowError(`${kind} "else": that is the name of the last branch. Give it another.`, at);
    return {
      id,
      at,
      ...words,
      condition: asFunction(condition, `${kind} ${describeValue(id)}: its condition`, at),
      nodes: [],
    };
  }

  #openIf(kind: 'elseIf' | 'else'): BranchNode {
    const open = this.#open.at(-1);
    if (!open)
      throw new WorkflowError(
        `${kind}() belongs to no if: there is none open here. Begin with .if(name, condition).`,
        callSite(),
      );
    if (open.branches.at(-1)?.condition === undefined) {
      throw new WorkflowError(
        `${kind}() comes after the else of ${describeValue(open.id)}, which is its last branch.`,
        callSite(),
      );
    }
    this.#latest = undefined;
    return open;
  }

  #named(kind: string, name: Words): { id: string; at: SourceLocation | undefined } & NodeWords {
    const id = typeof name === 'object' && name !== null ? name.id : name;
    if (typeof id !== 'string' || id.trim() === '') {
      throw new WorkflowError(
        `${kind}: its name is ${describeValue(id)}. Give it a name, or { id, title, description }.`,
        callSite(),
      );
    }
    if (!id.isWellFormed())
      throw new WorkflowError(
        `${kind}: its name is ${describeValue(id)}, ${HALF_A_CHARACTER}. Give it another.`,
        callSite(),
      );
    if (id === '?')
      throw new WorkflowError(
        `${kind}: its name is "?", which stands for the condition of a while. Give it another.`,
        callSite(),
      );
    const at = this.#locate(id);
    if (typeof name === 'string') return { id, at };
    const what = `${kind} ${describeValue(id)}`;
    const given = asOptions(name, kind, at);
    rejectUnknown(given, NAME_OPTIONS, `${what}: its name`, at);
    return { id, at, ...wordsOf(given, what, at) };
  }

  #unnamedNode(kind: NodeKind): { id: string; at: SourceLocation | undefined } {
    this.#unnamed += 1;
    // A log that is added before it must not give a wait another name: somebody may have been asked already.
    const count = isDurableWait(kind) ? this.#nodesOf(kind) + 1 : this.#unnamed;
    const id = madeUpName(kind, count);
    return { id, at: this.#locate(id) };
  }

  /** How many nodes of a kind have a name that was made up. */
  #nodesOf(kind: NodeKind): number {
    let count = 0;
    while (this.#ids.has(madeUpName(kind, count + 1))) count += 1;
    return count;
  }

  /** Finding the author's line costs more than a small step does, so a body's locations are stored in this map. */
  #locate(id: string): SourceLocation | undefined {
    const path = nodePath(this.#path, id);
    if (!this.#locations.has(path) || this.#ids.has(id)) this.#locations.set(path, callSite());
    return this.#locations.get(path);
  }

  #modified(modifier: string, forBatches: string): { rules: StepRules; what: string; at: SourceLocation | undefined } {
    const node = this.#latest;
    if (node && 'rules' in node)
      return {
        rules: node.rules,
        what: `${node.kind} ${describeValue(node.id)}`,
        at: this.#locateModifier(modifier, node.id),
      };
    const after = node
      ? `the ${node.kind} ${describeValue(node.id)}: ${hasBatches(node.kind) ? forBatches : 'put it right after the step it is for'}`
      : 'no step: put it right after the step it is for';
    throw new WorkflowError(`${modifier}() follows ${after}.`, callSite());
  }

  #locateModifier(modifier: string, id: string): SourceLocation | undefined {
    const key = `${nodePath(this.#path, id)}\n${modifier}`;
    if (!this.#locations.has(key)) this.#locations.set(key, callSite());
    return this.#locations.get(key);
  }
}

/** The methods that build, as they are in the class: each is in the table of what it takes. */
type Builder = Exclude<keyof Flow, keyof FlowView | 'names' | 'finish'>;

const MOST_ARGUMENTS: Readonly<Record<Builder, number>> = {
  step: 3,
  action: 3,
  retry: 1,
  timeout: 1,
  delay: 1,
  cache: 1,
  onError: 1,
  if: 2,
  elseIf: 2,
  else: 0,
  endIf: 0,
  batch: 3,
  forEach: 4,
  parallel: 3,
  race: 3,
  while: 4,
  sleep: 2,
  humanInTheLoop: 2,
  waitForEvent: 2,
  subflow: 3,
  log: 2,
  cancel: 1,
};
refuseSurplusArguments(Flow.prototype, MOST_ARGUMENTS);
Object.setPrototypeOf(Flow.prototype, refusingUnknownMembers('flow'));

for (const name of NOT_HERE) {
  Object.defineProperty(Flow.prototype, name, {
    value() {
      throw new WorkflowError(
        `${name}() is part of Cronflow that this engine does not run. Take it out, or do its work in a step.`,
        callSite(),
      );
    },
  });
}

function wordsOf(given: Readonly<Record<string, unknown>>, what: string, at: SourceLocation | undefined): NodeWords {
  const { title, description, unit, explain, label } = given;
  for (const [key, value] of Object.entries({ title, description })) {
    if (value !== undefined && typeof value !== 'string')
      throw new WorkflowError(`${what}: ${key} is ${describeValue(value)}. It is a text.`, at);
  }
  if (
    unit !== undefined &&
    !(Array.isArray(unit) && unit.length === 2 && [...(unit as unknown[])].every(word => typeof word === 'string'))
  ) {
    throw new WorkflowError(
      `${what}: unit is ${describeValue(unit)}. It is singular and plural, such as ['film', 'films'].`,
      at,
    );
  }
  const words: { -readonly [K in keyof NodeWords]: NodeWords[K] } = {};
  if (title !== undefined) words.title = title as string;
  if (description !== undefined) words.description = description as string;
  if (unit !== undefined) words.unit = unit as [string, string];
  if (explain !== undefined) words.explain = asFunction(explain as (error: Error) => string, `${what}: explain`, at);
  if (label !== undefined) words.label = asFunction(label as (item: unknown) => unknown, `${what}: label`, at);
  return words;
}

/** What a cache is called in errors. @throws WorkflowError where there is no output of one step to give */
function cacheOf(kind: string | undefined, what: string, at: SourceLocation | undefined): string {
  if (kind === 'step') return `cache of ${what}`;
  throw new WorkflowError(
    `${what} has a cache, which only a step can have: ${kind === 'action' ? 'an action is executed for what it does' : 'give it to the steps in it'}.`,
    at,
  );
}

function asFlag(value: unknown, what: string, at: SourceLocation | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is true or false.`, at);
}

function asFunction<F>(value: F, what: string, at: SourceLocation | undefined): F {
  if (typeof value === 'function') return value;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is a function.`, at);
}
