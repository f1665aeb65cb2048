import { callSite } from './callsite.ts';
import { WorkflowError, describeValue } from './errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { hasBatches, isDurableWait, madeUpName, type NodeKind } from '../../common/node-kinds.ts';
import { nodePath } from '../../common/node-paths.ts';
import {
  type Body,
  type BranchNode,
  type Condition,
  type FlowNode,
  type Handler,
  type LogLevel,
  type ParallelNode,
  type StepRules,
} from './nodes.ts';
import { parseCache } from './cache-option.ts';
import {
  batchNode,
  branchOf,
  cacheOf,
  eventNode,
  forEachNode,
  humanNode,
  parallelNode,
  stepNode,
  subflowNode,
  whileNode,
} from './made-nodes.ts';
import { nearest } from './nearest.ts';
import { asFunction, named, type Named, type Words } from './node-words.ts';
import type { Flow as TypedFlow, FlowKind } from './flow-types.ts';
import { parseDuration, parseRetry } from './options.ts';
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

const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];

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
    return this.#add(stepNode('step', this.#named('step', name), handler, options));
  }

  action(name: Words, handler: Handler, options?: unknown): this {
    return this.#add(stepNode('action', this.#named('action', name), handler, options));
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
    const branch = branchOf('if', this.#named('if', name), condition);
    const node: BranchNode = { ...branch, kind: 'if', branches: [branch] };
    this.#add(node);
    this.#open.push(node);
    return this;
  }

  elseIf(name: Words, condition: Condition): this {
    const open = this.#openIf('elseIf');
    const branch = branchOf('elseIf', this.#named('elseIf', name), condition);
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
    return this.#add(batchNode(this.#named('batch', name), options, body, this.#isDrawn));
  }

  forEach(name: Words, items: unknown, body: Body, options: unknown = {}): this {
    return this.#add(forEachNode(this.#named('forEach', name), items, body, options, this.#isDrawn));
  }

  parallel(nameOrMembers: unknown, members?: unknown, options?: unknown): this {
    return this.#addParallel('parallel', nameOrMembers, members, options);
  }

  race(nameOrMembers: unknown, members?: unknown, options?: unknown): this {
    return this.#addParallel('race', nameOrMembers, members, options);
  }

  while(name: Words, condition: Condition, body: (flow: never) => unknown, options: unknown = {}): this {
    return this.#add(whileNode(this.#named('while', name), condition, body, options));
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
    const isNamed = options !== undefined || typeof nameOrOptions === 'string';
    const called = isNamed
      ? this.#named('humanInTheLoop', nameOrOptions as Words)
      : this.#unnamedNode('humanInTheLoop');
    return this.#add(humanNode(called, isNamed ? options : nameOrOptions));
  }

  waitForEvent(event: unknown, timeout?: unknown, options?: unknown): this {
    return this.#add(eventNode(this.#unnamedNode('waitForEvent'), event, timeout, options));
  }

  subflow(name: Words, workflow: unknown, input: unknown = {}): this {
    return this.#add(subflowNode(this.#named('subflow', name), workflow, input));
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

  #addParallel(kind: ParallelNode['kind'], nameOrMembers: unknown, members: unknown, options: unknown): this {
    const isNamed = members !== undefined && !isMembers(nameOrMembers);
    const called = isNamed ? this.#named(kind, nameOrMembers as Words) : this.#unnamedNode(kind);
    // An unnamed one has its options, if any, where the members of a named one are.
    if (isNamed) return this.#add(parallelNode(kind, called, members, options));
    return this.#add(parallelNode(kind, called, nameOrMembers, members ?? options));
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

  #named(kind: string, name: Words): Named {
    return named(kind, name, id => this.#locate(id));
  }

  #unnamedNode(kind: NodeKind): Named {
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

/** Whether these are the handlers of a `parallel` or `race`, and not its name: a name is a text, or has one as `id`. */
function isMembers(given: unknown): boolean {
  if (Array.isArray(given)) return true;
  if (typeof given !== 'object' || given === null || ('id' in given && typeof given.id === 'string')) return false;
  return Object.values(given).some(member => typeof member === 'function');
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
  waitForEvent: 3,
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
