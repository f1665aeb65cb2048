import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { define } from '../../engine/workflow/define.ts';
import { WorkflowError } from '../../engine/workflow/errors.ts';
import { drawGraph, type Graph, type GraphNode } from '../../engine/workflow/graph.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import { oddText, oddValue } from './odd-values.ts';
import { search, timeout } from './runs.ts';

/*
 * Authors write anything. Whatever they chain to a workflow, it becomes a graph, or they are told what is wrong and in
 * which line: never an error of another kind, which would send them looking into the engine.
 */

const HERE = fileURLToPath(import.meta.url);

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}
type Chain = readonly Call[];
type AnyFlow = Record<string, (...args: readonly unknown[]) => unknown>;

/** The line that every call of this file is made from. */
function perform(flow: unknown, chain: Chain): void {
  for (const { method, args } of chain) (flow as AnyFlow)[method]?.(...args);
}

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') },
  { weight: 1, arbitrary: oddText },
  { weight: 1, arbitrary: oddValue },
  {
    weight: 1,
    arbitrary: fc.record(
      { id: fc.constantFrom('i', 'j', 'k'), title: oddText, description: oddValue },
      { requiredKeys: ['id'] },
    ),
  },
);
const handler = fc.oneof({ weight: 8, arbitrary: fc.constant(() => 1) }, { weight: 1, arbitrary: oddValue });
const duration = fc.oneof(fc.constantFrom<unknown>(0, 5, '1s', '2 minutes', '3h'), oddValue);
const retry = fc.oneof(
  fc.record(
    {
      attempts: fc.oneof(fc.integer({ min: -1, max: 5 }), oddValue),
      backoff: fc.oneof(
        fc.record({ delay: duration, strategy: fc.constantFrom<unknown>('fixed', 'exponential', 'odd') }),
        oddValue,
      ),
    },
    { requiredKeys: ['attempts'] },
  ),
  oddValue,
);
const items = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<unknown>([1, 2, 3], () => [1]) },
  { weight: 1, arbitrary: oddValue },
);
const number = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 1, arbitrary: oddValue });
const batchOptions = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        items,
        size: number,
        concurrency: number,
        retry,
        timeout: duration,
        tolerateFailures: fc.oneof(fc.constantFrom<unknown>(1, '5%', 'all'), oddValue),
        title: fc.oneof(oddText, oddValue),
        unit: fc.oneof(fc.constant(['one', 'many']), oddValue),
      },
      { requiredKeys: ['items', 'size'] },
    ),
  },
  { weight: 1, arbitrary: oddValue },
);
const options = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record(
      { retry, timeout: duration, delay: duration, onError: handler, title: oddText },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: oddValue },
);
const members = fc.oneof(
  fc.array(handler, { maxLength: 3 }),
  fc.dictionary(fc.oneof(name.filter(key => typeof key === 'string') as fc.Arbitrary<string>, oddText), handler, {
    maxKeys: 3,
  }),
  oddValue,
);

const { chain } = fc.letrec<{ chain: Chain; body: unknown }>(tie => {
  /** What a body does with its flow: builds on it, fails, goes on when it is too late, or calls itself. */
  const body = fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 1, arbitrary: handler },
    {
      weight: 1,
      arbitrary: fc.constant(() => {
        throw new Error('needs real items');
      }),
    },
    {
      weight: 4,
      arbitrary: tie('chain').map(
        calls =>
          (...given: unknown[]) =>
            perform(given.at(-1), calls),
      ),
    },
    {
      weight: 1,
      arbitrary: tie('chain').map(calls => async (...given: unknown[]) => {
        await Promise.resolve();
        perform(given.at(-1), calls);
      }),
    },
  );
  const call = (method: string, ...args: fc.Arbitrary<unknown>[]) =>
    fc.record({ method: fc.constant(method), args: fc.tuple(...args) });
  return {
    body,
    chain: fc.array(
      fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        {
          weight: 4,
          arbitrary: fc.oneof(call('step', name, handler, options), call('action', name, handler, options)),
        },
        call('retry', retry),
        call('timeout', duration),
        call('delay', duration),
        call('onError', handler),
        { weight: 2, arbitrary: call('if', name, handler) },
        call('elseIf', name, handler),
        call('else'),
        { weight: 3, arbitrary: call('endIf') },
        { weight: 3, arbitrary: call('batch', name, batchOptions, tie('body')) },
        {
          weight: 2,
          arbitrary: call('forEach', name, items, tie('body'), fc.oneof(fc.constant(undefined), batchOptions)),
        },
        {
          weight: 2,
          arbitrary: call(
            'while',
            name,
            handler,
            tie('body'),
            fc.oneof(fc.constant(undefined), fc.record({ maxRounds: number }), oddValue),
          ),
        },
        call('parallel', members),
        call('race', members),
        call('parallel', name, members),
        call('race', name, members),
        call('sleep', duration),
        call('sleep', name, duration),
        call('log', oddValue, fc.oneof(fc.constantFrom<unknown>('info', 'warn'), oddValue)),
        call('cancel', oddValue),
        fc.record({
          method: fc.constantFrom(
            'humanInTheLoop',
            'waitForEvent',
            'pause',
            'subflow',
            'cache',
            'onWebhook',
            'onSchedule',
            'onEvent',
            'onInterval',
            'manual',
          ),
          args: fc.array(oddValue, { maxLength: 2 }),
        }),
      ),
      { maxLength: 8 },
    ),
  };
});

const definition = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ id: 'w' }) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        id: fc.oneof(fc.constant('w'), oddValue),
        name: fc.oneof(oddText, oddValue),
        description: oddValue,
        payload: oddValue,
      },
      { requiredKeys: ['id'] },
    ),
  },
  { weight: 1, arbitrary: oddValue },
);

/** The graph, or what the author is told. @throws anything else */
function build(options: unknown, calls: Chain): Graph | WorkflowError {
  takeDefinitions();
  try {
    perform(define(options), calls);
    const [built] = takeDefinitions();
    if (!built) throw new Error('Nothing was defined.');
    return drawGraph(built);
  } catch (error) {
    if (error instanceof WorkflowError) return error;
    throw error;
  }
}

function* nodesOf(nodes: readonly GraphNode[]): Generator<GraphNode> {
  for (const node of nodes) {
    yield node;
    yield* nodesOf(node.members ?? []);
    for (const branch of node.branches ?? []) yield* nodesOf(branch.nodes);
    if (node.body?.drawn) yield* nodesOf(node.body.nodes);
  }
}

test(
  'whatever is chained becomes a graph, or a message with its line',
  () => {
    const seen = { graphs: 0, refusals: new Set<string>() };
    fc.assert(
      fc.property(definition, chain, (options, calls) => {
        const built = build(options, calls);
        if (built instanceof WorkflowError) {
          seen.refusals.add(built.message.replace(/["'][^]*?["']/g, '…'));
          expect(built.message.length).toBeGreaterThan(20);
          expect(built.message.length).toBeLessThan(1_000);
          expect(built.at).toMatchObject({ file: HERE, line: expect.any(Number) });
          return;
        }
        seen.graphs += 1;
        const nodes = [...nodesOf(built.nodes)];
        for (const node of nodes) expect(node.at, node.path).toMatchObject({ file: HERE });
        expect(new Set(nodes.map(({ path }) => path)).size).toBe(nodes.length);
        // It is kept with the run, and must be what it was when it is read: nothing in it may be half a character, or no JSON.
        const kept = JSON.parse(JSON.stringify(built)) as Graph;
        expect([...nodesOf(kept.nodes)].map(({ path, kind }) => [path, kind])).toEqual(
          nodes.map(({ path, kind }) => [path, kind]),
        );
        for (const { path, id } of nodes)
          expect([path.isWellFormed(), id.isWellFormed()], JSON.stringify(path)).toEqual([true, true]);
      }),
      search(800),
    );
    // Both come about, or this says nothing.
    expect(seen.graphs).toBeGreaterThan(20);
    expect(seen.refusals.size).toBeGreaterThan(20);
  },
  timeout,
);

describe('a body that holds itself, as for a tree of items,', () => {
  const nested = (body: unknown): Call => ({ method: 'batch', args: ['again', { items: [1], size: 1 }, body] });

  test('is drawn once', () => {
    const body = (_items: unknown, flow: never) => perform(flow, [nested(body)]);
    expect(build({ id: 'w' }, [nested(body)])).toMatchObject({
      nodes: [
        {
          path: 'again',
          body: {
            drawn: true,
            nodes: [{ path: 'again/again', body: { drawn: false, why: expect.stringContaining('inside itself') } }],
          },
        },
      ],
    });
  });

  test('is drawn so far and no further where it is made anew each time, or holds itself twice', () => {
    const anew = (): unknown => (_items: unknown, flow: never) => perform(flow, [nested(anew())]);
    expect([...nodesOf((build({ id: 'w' }, [nested(anew())]) as Graph).nodes)]).toHaveLength(21);
    const twice = (): unknown => (_items: unknown, flow: never) =>
      perform(flow, [nested(twice()), { method: 'forEach', args: ['beside', [1], twice()] }]);
    expect([...nodesOf((build({ id: 'w' }, [nested(twice())]) as Graph).nodes)].length).toBeLessThan(100_000);
  });
});
