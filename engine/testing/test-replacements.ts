import { idOf, isInside } from '../../common/node-paths.ts';
import { drawnNodes, type Graph, type GraphNode } from '../../common/graph.ts';
import { hasBatches, isDurableWait, isSubflow, type NodeKind } from '../../common/node-kinds.ts';
import { decode, encode } from '../store/codec.ts';
import { decided, TIMED_OUT } from '../run/durable-waits/answers.ts';
import type { Answer } from '../run/durable-waits/waits.ts';
import { currentAttempt, type Attempt } from '../run/attempt.ts';
import type { EffectCall } from '../run/effects/effects.ts';
import type { Replacements, SharedReplacement } from '../run/replacements.ts';
import { describeValue } from '../workflow/errors.ts';
import { nearest } from '../workflow/nearest.ts';
import type { BatchNode, DurableWaitNode, Handler } from '../workflow/nodes.ts';
import { asOptions, parseDuration } from '../workflow/options.ts';
import type { TestClock } from './test-clock.ts';
import type { FailureRule, InjectedCall, RecordedEffect, ReplacedStep, TestOptions, TestTime } from './types.ts';

type Handled = (context: unknown) => unknown;

/** What the options of a test say of its steps, items and effects. */
export class TestReplacements implements Replacements {
  readonly recorded: RecordedEffect[] = [];
  readonly shared: SharedReplacement;
  readonly #steps: ByNode<ReplacedStep>;
  readonly #failures: ByNode<FailureRule>;
  readonly #items: ByNode<unknown>;
  readonly #answers: ByNode<unknown>;
  readonly #options: TestOptions;
  readonly #clock: TestClock;
  /** How often a step with a rule for its failures has been executed. */
  readonly #calls = new Map<string, number>();

  /** @throws Error for a name that no node of the workflow has */
  constructor(options: TestOptions, graph: Graph, clock: TestClock, shared: SharedReplacement) {
    this.shared = shared;
    this.#options = options;
    this.#clock = clock;
    this.#steps = new ByNode('steps', options.steps, graph, isStep);
    this.#failures = new ByNode('failures', options.failures, graph, isStep);
    this.#items = new ByNode('items', options.items, graph, hasBatches);
    this.#answers = new ByNode('answers', options.answers, graph, isDurableWait);
  }

  handler(path: string, handler: Handler): Handler {
    return this.#handlerAt(path, handler);
  }

  items(path: string, items: BatchNode['items']): BatchNode['items'] {
    return this.#items.of(path) ?? items;
  }

  answer(path: string, node: DurableWaitNode): Promise<Answer> | undefined {
    const event = node.kind === 'waitForEvent' ? this.#answers.of(node.event) : undefined;
    return this.#answerOf(node, this.#answers.of(path) ?? event);
  }

  effect(attempt: Attempt, call: EffectCall): EffectCall {
    return this.#effectAt(attempt.path, call);
  }

  /** Only what is given for paths that lead through the step: names are those of the workflow that is tested. */
  inside(step: string): Replacements {
    const at = (path: string) => `${step}/${path}`;
    return {
      handler: (path, handler) => this.#handlerAt(at(path), handler, 'path'),
      items: (path, items) => this.#items.at(at(path)) ?? items,
      answer: (path, node) => this.#answerOf(node, this.#answers.at(at(path))),
      effect: (attempt, call) => this.#effectAt(at(attempt.path), call),
      shared: this.shared,
      inside: path => this.inside(at(path)),
      random: () => this.random(),
    };
  }

  random(): number {
    return 1;
  }

  #handlerAt(path: string, handler: Handler, by: 'name' | 'path' = 'name'): Handler {
    const given = <T>(nodes: ByNode<T>) => (by === 'path' ? nodes.at(path) : nodes.of(path));
    const replaced = given(this.#steps);
    const rule = given(this.#failures);
    if (replaced === undefined && rule === undefined) return handler;
    return context => {
      const failure = rule === undefined ? undefined : this.#failureOf(path, rule);
      // oxlint-disable-next-line typescript/only-throw-error -- what a workflow throws need not be an Error
      if (failure !== undefined) throw failure;
      const original = () => (handler as Handled)(context);
      return replaced === undefined ? original() : replaced(context as never, original, this.#timeOf());
    };
  }

  #answerOf(node: DurableWaitNode, given: unknown): Promise<Answer> | undefined {
    if (given === undefined) return undefined;
    return given === 'timeout'
      ? this.#timeOut(node)
      : Promise.resolve({ status: 'answered', text: answerText(node, given) });
  }

  #effectAt(step: string, call: EffectCall): EffectCall {
    const params = call.params === undefined ? undefined : decode(call.params);
    const effect: RecordedEffect = { key: call.key, step, ...(call.params !== undefined && { params }) };
    const perform = () => {
      this.recorded.push(effect);
      return this.#options.executeEffects === true ? call.perform() : this.#receiptOf(effect);
    };
    return { ...call, perform };
  }

  async #timeOut({ id, timeout }: DurableWaitNode): Promise<Answer> {
    if (timeout === undefined)
      throw new Error(`answers: ${describeValue(id)} has no timeout, and waits for as long as it takes.`);
    await new Promise<void>(resolve => this.#clock.after(timeout, resolve));
    return { status: 'timeout', text: TIMED_OUT };
  }

  #receiptOf(effect: RecordedEffect): unknown {
    const { receipts } = this.#options;
    return typeof receipts === 'function' ? receipts(effect) : receipts?.[effect.key];
  }

  #failureOf(path: string, rule: FailureRule): unknown {
    const calls = this.#calls.get(path) ?? 0;
    this.#calls.set(path, calls + 1);
    if (typeof rule === 'function') return rule(injectedCall(path));
    return Array.isArray(rule) ? (rule as readonly Error[])[calls] : rule;
  }

  #timeOf(): TestTime {
    const signal = runningAttempt().signal;
    return {
      now: () => new Date(this.#clock.now()),
      pass: duration => this.#clock.hold(parseDuration(duration, 'The time that a step takes'), signal),
      never: () => this.#clock.hold(undefined, signal) as Promise<never>,
    };
  }
}

/** What an option gives for nodes, by their paths or by their names. */
class ByNode<T> {
  readonly #given: ReadonlyMap<string, T>;

  constructor(
    option: string,
    given: Readonly<Record<string, T>> | undefined,
    graph: Graph,
    isMeant: (kind: NodeKind) => boolean,
  ) {
    this.#given = new Map(Object.entries(given ?? {}));
    const nodes = [...drawnNodes(graph.nodes)];
    // The body of a node whose shape depends on its items is not known before it runs.
    if (nodes.some(({ body }) => body?.drawn === false)) return;
    for (const name of this.#given.keys()) checkName(option, name, nodes, isMeant, graph.id);
  }

  of(path: string): T | undefined {
    return this.#given.size === 0 ? undefined : (this.#given.get(path) ?? this.#given.get(idOf(path)));
  }

  /** Only by its path. */
  at(path: string): T | undefined {
    return this.#given.get(path);
  }
}

function checkName(
  option: string,
  name: string,
  nodes: readonly GraphNode[],
  isMeant: (kind: NodeKind) => boolean,
  workflow: string,
): void {
  const known = nodes.filter(({ kind }) => isMeant(kind));
  // What stands in the workflow of a subflow is found when that runs.
  if (nodes.some(({ kind, path }) => isSubflow(kind) && isInside(name, path) && name !== path)) return;
  if (known.some(({ id, path, settings }) => id === name || path === name || settings?.event === name)) return;
  const names = [
    ...new Set(known.map(({ id, settings }) => (typeof settings?.event === 'string' ? settings.event : id))),
  ];
  const near = nearest(name, names);
  throw new Error(
    `${option}: workflow ${describeValue(workflow)} has no such node: ${describeValue(name)}. ` +
      (near
        ? `Did you mean ${describeValue(near)}?`
        : `It has ${names.map(describeValue).join(', ') || 'none of them'}.`),
  );
}

/** A person's decision, with what else they were asked for; of an event, what was published with it. */
function answerText({ kind, id }: DurableWaitNode, given: unknown): string {
  if (kind === 'waitForEvent') return encode(given, 'answer');
  const answer = asOptions(given, `answers: ${describeValue(id)}`);
  const { approved, reason, ...payload } = answer;
  if (typeof approved !== 'boolean')
    throw new TypeError(
      `answers: ${describeValue(id)} is answered with { approved: true }, { approved: false } or 'timeout'.`,
    );
  return decided({ approved, by: 'test', payload, ...(typeof reason === 'string' && { reason }) });
}

function isStep(kind: NodeKind): boolean {
  return kind === 'step' || kind === 'action' || isSubflow(kind);
}

function injectedCall(step: string): InjectedCall {
  const { scopeOf, attempt } = runningAttempt();
  const items = scopeOf.itemsText === undefined ? undefined : decode(scopeOf.itemsText);
  return {
    step,
    attempt,
    ...(scopeOf.batch && { batch: { node: scopeOf.batch.node, index: scopeOf.batch.index } }),
    ...(Array.isArray(items) && { items: items as unknown[] }),
  };
}

function runningAttempt(): Attempt {
  const attempt = currentAttempt.getStore();
  if (attempt) return attempt;
  throw new Error('A step is executed outside of its attempt.');
}
