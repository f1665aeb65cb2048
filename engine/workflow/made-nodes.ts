import type { SourceLocation } from '../../common/source-location.ts';
import { parseCache } from './cache-option.ts';
import { HALF_A_CHARACTER, WorkflowError, describeValue } from './errors.ts';
import { asFlag, asFunction, wordsOf, type Named } from './node-words.ts';
import type {
  BatchNode,
  Body,
  Branch,
  Condition,
  EventNode,
  EventRule,
  Handler,
  HumanNode,
  ParallelNode,
  StepNode,
  StepRules,
  SubflowNode,
  WhileNode,
} from './nodes.ts';
import {
  asOptions,
  parseBatchOptions,
  parseDuration,
  parseForEachOptions,
  parseLongDuration,
  parseParallelOptions,
  parseRetry,
  positiveInteger,
  rejectUnknown,
} from './options.ts';

/* Nodes, made of what the author has given the methods of a flow. What is wrong with that is told here. */

const STEP_OPTIONS = ['retry', 'timeout', 'delay', 'onError', 'cache', 'pure', 'title', 'description', 'explain'];
const HUMAN_OPTIONS = ['description', 'title', 'timeout', 'payload', 'onPause', 'onTimeout'];
const EVENT_OPTIONS = ['filter', 'validate'];
const WHILE_OPTIONS = ['maxRounds', 'title', 'description'];

export function stepNode(kind: StepNode['kind'], called: Named, handler: Handler, options: unknown): StepNode {
  const { id, at } = called;
  if (typeof handler !== 'function') asFunction(handler, `${kind} ${describeValue(id)}: its handler`, at);
  // There is one for every step of every batch. What is spread first is copied as it is.
  const node: StepNode = { ...called, kind, handler, rules: {} };
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

/** What a cache is called in errors. @throws WorkflowError where there is no output of one step to give */
export function cacheOf(kind: string | undefined, what: string, at: SourceLocation | undefined): string {
  if (kind === 'step') return `cache of ${what}`;
  throw new WorkflowError(
    `${what} has a cache, which only a step can have: ${kind === 'action' ? 'an action is executed for what it does' : 'give it to the steps in it'}.`,
    at,
  );
}

/** @param isDrawn The items of one inside a body may come from what the body is not given while it is drawn. */
export function batchNode({ id, at, ...words }: Named, options: unknown, body: Body, isDrawn: boolean): BatchNode {
  const what = `batch ${describeValue(id)}`;
  const given = asOptions(options, `${what}: its second argument`, at);
  if (given.items === undefined && !('items' in given && isDrawn))
    throw new WorkflowError(
      `${what}: items is missing. Give it an array, a stream, or a function of ctx that returns one.`,
      at,
    );
  return {
    kind: 'batch',
    id,
    at,
    ...words,
    ...wordsOf(given, what, at),
    items: given.items,
    policy: parseBatchOptions(given, what, at),
    body: asFunction(body, `${what}: its body`, at),
  };
}

export function forEachNode(
  { id, at, ...words }: Named,
  items: unknown,
  body: Body,
  options: unknown,
  isDrawn: boolean,
): BatchNode {
  const what = `forEach ${describeValue(id)}`;
  const given = asOptions(options, `${what}: what it is given as options`, at);
  if (items === undefined && !isDrawn)
    throw new WorkflowError(
      `${what}: items is missing. Give it an array, a stream, or a function of ctx that returns one.`,
      at,
    );
  return {
    kind: 'forEach',
    id,
    at,
    ...words,
    ...wordsOf(given, what, at),
    items,
    policy: parseForEachOptions(given, what, at),
    body: asFunction(body, `${what}: its body`, at),
  };
}

export function parallelNode(
  kind: ParallelNode['kind'],
  { id, at, ...words }: Named,
  given: unknown,
  options: unknown,
): ParallelNode {
  const keyed = !Array.isArray(given);
  const what = `${kind} ${describeValue(id)}`;
  if (typeof given !== 'object' || given === null)
    throw new WorkflowError(
      `${what}: its members are ${describeValue(given)}. Give it an array or an object of functions.`,
      at,
    );
  if (kind === 'race' && options !== undefined)
    throw new WorkflowError(
      `${what} has no options: its members begin together. For retry, timeout or delay, put .retry(…), .timeout(…) or .delay(…) after it.`,
      at,
    );
  const limits = parseParallelOptions(options ?? {}, what, at);
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
    ...limits,
    members: entries.map(([key, handler]) => ({
      kind: 'step',
      id: key,
      at,
      rules,
      handler: asFunction(handler as Handler, `${what}: its member ${describeValue(key)}`, at),
    })),
  };
}

export function whileNode(
  { id, at, ...words }: Named,
  condition: Condition,
  body: (flow: never) => unknown,
  options: unknown,
): WhileNode {
  const what = `while ${describeValue(id)}`;
  const given = asOptions(options, `${what}: what it is given as options`, at);
  rejectUnknown(given, WHILE_OPTIONS, what, at);
  return {
    kind: 'while',
    id,
    at,
    ...words,
    ...wordsOf(given, what, at),
    condition: asFunction(condition, `${what}: its condition`, at),
    body: asFunction(body, `${what}: its body`, at),
    maxRounds: positiveInteger(given.maxRounds ?? 1000, `${what}: maxRounds`, at),
  };
}

export function humanNode({ id, at, ...words }: Named, options: unknown): HumanNode {
  const what = `humanInTheLoop ${describeValue(id)}`;
  const given = asOptions(options ?? {}, `${what}: what it is given as options`, at);
  rejectUnknown(given, HUMAN_OPTIONS, what, at);
  const { timeout, onPause, onTimeout, payload } = given;
  return {
    kind: 'humanInTheLoop',
    id,
    at,
    ...words,
    ...wordsOf(given, what, at),
    timeout: timeout === undefined ? undefined : parseLongDuration(timeout, `${what}: timeout`, at),
    onPause: onPause === undefined ? undefined : asFunction(onPause as HumanNode['onPause'], `${what}: onPause`, at),
    onTimeout: onTimeout === undefined ? undefined : asFunction(onTimeout as Handler, `${what}: onTimeout`, at),
    payload: payload === undefined ? undefined : asFunction(payload as Handler, `${what}: payload`, at),
  };
}

export function eventNode({ id, at }: Named, event: unknown, timeout: unknown, options: unknown): EventNode {
  if (typeof event !== 'string' || event.trim() === '')
    throw new WorkflowError(
      `waitForEvent: its event is ${describeValue(event)}. Give it the name of the event, such as 'payment.confirmed'.`,
      at,
    );
  const what = `waitForEvent ${describeValue(event)}`;
  const given = options === undefined ? {} : asOptions(options, `${what}: what it is given as options`, at);
  rejectUnknown(given, EVENT_OPTIONS, what, at);
  const ruleOf = (name: 'filter' | 'validate') =>
    given[name] === undefined ? undefined : asFunction(given[name] as EventRule, `${what}: ${name}`, at);
  return {
    kind: 'waitForEvent',
    id,
    at,
    title: `Wait for ${event}`,
    event,
    timeout: timeout === undefined ? undefined : parseLongDuration(timeout, `${what}: its timeout`, at),
    filter: ruleOf('filter'),
    validate: ruleOf('validate'),
  };
}

export function subflowNode({ id, at, ...words }: Named, workflow: unknown, input: unknown): SubflowNode {
  if (typeof workflow !== 'string' || workflow.trim() === '')
    throw new WorkflowError(
      `subflow ${describeValue(id)}: its workflow is ${describeValue(workflow)}. Give it the id of a workflow, such as 'clean-films'.`,
      at,
    );
  return { kind: 'subflow', id, at, ...words, workflow, input, rules: {} };
}

export function branchOf(kind: 'if' | 'elseIf', { id, at, ...words }: Named, condition: Condition): Branch {
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
