import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { drawGraph, type GraphNode } from '../../engine/workflow/graph.ts';
import { Bench, workflow } from '../support/runs.ts';
import { toldOf, mistake, WHOLE } from '../support/told.ts';

describe('the graph', () => {
  const nothing = () => undefined;
  const nodesOf = (build: Parameters<typeof workflow>[0]) => drawGraph(workflow(build)).nodes;
  const bodyOf = (node: GraphNode | undefined) => (node?.body?.drawn ? node.body.nodes : undefined);

  test('calls a body once without items, however often it is asked for and whatever runs', async () => {
    const given: unknown[] = [];
    const definition = workflow(flow =>
      flow.batch('work', { items: [1, 2], size: 1 }, (items: number[], inner) => {
        given.push(items);
        inner.step('do', nothing);
      }),
    );
    drawGraph(definition);
    await new Bench().run(definition);
    expect(given).toEqual([[], [1], [2]]);
  });

  test('knows what starts the workflow, where it stands and what its payload is', () => {
    const definition = workflow(
      flow =>
        flow
          .onWebhook('/films')
          .onSchedule('0 6 * * 1-5')
          .onEvent('film.added')
          .onInterval('15 minutes')
          .manual()
          .step('load', nothing),
      { name: 'Films', description: 'Cleans films.', payload: z.object({ since: z.string() }) },
    );
    const graph = drawGraph(definition);
    expect(graph).toMatchObject({
      id: 'test',
      name: 'Films',
      description: 'Cleans films.',
      at: { file: expect.stringMatching(/runs\.ts$/) },
    });
    expect(graph.triggers).toMatchObject([
      { kind: 'webhook', on: '/films' },
      { kind: 'schedule', on: '0 6 * * 1-5' },
      { kind: 'event', on: 'film.added' },
      { kind: 'interval', on: '15 minutes' },
      { kind: 'manual', on: '' },
    ]);
    expect(graph.payload).toMatchObject({ type: 'object', required: ['since'] });
  });

  test('shows every construct in order, with its settings and the file it stands in', () => {
    const nodes = nodesOf(flow =>
      flow
        .step({ id: 'load', title: 'Load films', description: 'From disk.' }, nothing, { timeout: '2s', delay: 5 })
        .retry({ attempts: 3, retryOn: () => true })
        .onError(nothing)
        .action('tell', nothing)
        .if('many', nothing)
        .step('split', nothing)
        .elseIf('few', nothing)
        .else()
        .step('stop', nothing)
        .endIf()
        .parallel('both', { left: nothing, right: nothing })
        .race([nothing, nothing])
        .sleep('nap', '1m')
        .log('hello', 'warn')
        .cancel('enough'),
    );
    expect(nodes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'step load',
      'action tell',
      'if many',
      'parallel both',
      'race race-1',
      'sleep nap',
      'log log-2',
      'cancel cancel-3',
    ]);
    const [load, , many, both, race, nap, log, cancel] = nodes;
    expect(load).toMatchObject({
      title: 'Load films',
      description: 'From disk.',
      settings: { timeout: 2000, delay: 5, retry: { attempts: 3, retryOn: true, strategy: 'fixed' }, onError: true },
    });
    expect(load?.at?.file).toMatch(/drawn-graph\.test\.ts$/);
    expect(many?.branches?.map(({ id, nodes: inner }) => [id, inner.map(node => node.path)])).toEqual([
      ['many', ['split']],
      ['few', []],
      ['else', ['stop']],
    ]);
    expect(both?.members?.map(({ path }) => path)).toEqual(['both/left', 'both/right']);
    expect(race?.members?.map(({ path }) => path)).toEqual(['race-1/1', 'race-1/2']);
    expect(nap?.settings).toEqual({ ms: 60_000 });
    expect(log?.settings).toEqual({ level: 'warn', message: 'hello' });
    expect(cancel?.settings).toEqual({ reason: 'enough' });
  });

  test('shows bodies, however deep, and escapes the names in their paths', () => {
    const [batch] = nodesOf(flow =>
      flow.batch(
        { id: 'a/b', unit: ['film', 'films'] },
        { items: [1], size: 10, concurrency: 4, tolerateFailures: '5%', rateLimit: { items: 100, per: '1s' } },
        (_batch, inner) => {
          inner.step('clean', nothing).forEach('each', [1], (_item, innermost) => {
            innermost.while('again', nothing, round => {
              round.step('try', nothing);
            });
          });
        },
      ),
    );
    expect(batch).toMatchObject({
      path: 'a~1b',
      unit: ['film', 'films'],
      settings: {
        size: 10,
        concurrency: 4,
        tolerate: { kind: 'percent', percent: 5 },
        rateLimits: [{ of: 'items', limit: 100, per: 1000 }],
      },
    });
    const [clean, each] = bodyOf(batch) ?? [];
    expect(clean?.path).toBe('a~1b/clean');
    const [again] = bodyOf(each) ?? [];
    expect(again).toMatchObject({ path: 'a~1b/each/again', kind: 'while', settings: { maxRounds: 1000 } });
    expect(bodyOf(again)?.map(({ path }) => path)).toEqual(['a~1b/each/again/try']);
  });

  test('says of a body that needs its items why it is not drawn', () => {
    const [batch, each, again] = nodesOf(flow =>
      flow
        .batch('clean', { items: ['a'], size: 1 }, (batch, inner) => {
          inner.step(`clean ${batch.reduce((longest, id) => (id > longest ? id : longest))}`, nothing);
        })
        .forEach('each', ['a'], (item: string, inner) => {
          inner.step(item.toUpperCase(), nothing);
        })
        .while('again', nothing, inner => {
          inner.step(`round ${String(inner.state.get('n'))}`, nothing);
        }),
    );
    expect(batch?.body).toEqual({ drawn: false, why: 'Reduce of empty array with no initial value' });
    expect(each?.body).toEqual({ drawn: false, why: "Cannot read properties of undefined (reading 'toUpperCase')" });
    expect(again?.body).toEqual({
      drawn: false,
      why: 'flow.state can be read while the workflow runs, inside a step; here the workflow is only being drawn.',
    });
  });

  test('throws the mistakes in a body instead', () => {
    expect(
      toldOf("flow.forEach('each', [], (item, flow) => {\nflow.batch('clean', { items: [], size: 0 }, f) })"),
    ).toEqual(mistake(`batch "clean": size is 0. ${WHOLE}`, 3));
    expect(
      toldOf(
        "flow.batch('clean', { items: [], size: 1 }, (batch, flow) => {\nflow.step('a', f).retry({ attempts: 0 }) })",
      ),
    ).toEqual(mistake(`retry of step "a".attempts is 0. ${WHOLE}`, 3));
    expect(toldOf("flow.while('again', f, flow => {\nflow.pause() })")).toEqual(
      mistake('pause() is part of Cronflow that this engine does not run. Take it out, or do its work in a step.', 3),
    );
  });
});
