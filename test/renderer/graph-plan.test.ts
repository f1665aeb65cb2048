import { describe, expect, test } from 'vitest';
import { planOf } from '../../renderer/model/graph/planner.ts';
import { undrawnNodes, undrawnPaths } from '../../renderer/model/graph/undrawn-nodes.ts';
import { step, batch, fork, graphOf, films, node, lines } from './graph-fixtures.ts';

describe('plan', () => {
  test('begins with the payload, ends with the result, and joins what follows each other', () => {
    expect(lines(planOf(films))).toEqual([
      'clean/trim > clean/known',
      'clean/known > clean/convert (yes)',
      'clean/known > clean/mark (no)',
      'clean/convert > clean/count',
      'clean/mark > clean/count',
      'start > load',
      'load > clean',
      'clean > report',
      'report > end',
    ]);
  });

  test('an if without an else also leads past its branches', () => {
    const plan = planOf(
      graphOf(
        fork('rare', [
          { id: 'rare', nodes: [step('tell')] },
          { id: 'old', title: 'Old?', nodes: [] },
        ]),
        step('next'),
      ),
    );
    expect(lines(plan)).toEqual([
      'start > rare',
      'rare > tell (yes)',
      'tell > next',
      'rare > next (Old?)',
      'rare > next (none of these)',
      'next > end',
    ]);
  });

  test('a long branch gets a lane of its own', () => {
    const long = Array.from({ length: 6 }, (_, index) => step(`s${index}`));
    const plan = planOf(graphOf(fork('more', [{ id: 'more', nodes: long }]), step('next')));
    expect(plan.nodes.get('l:more:0')).toMatchObject({ kind: 'lane', title: 'Gross known? · yes', first: 's0' });
    expect(node(plan, 's3').parent).toBe('l:more:0');
    expect(lines(plan)).toContain('more > l:more:0 (yes)');
    expect(lines(plan)).toContain('l:more:0 > next');
  });

  test('says how often a node is passed, and within which batches', () => {
    const plan = planOf(
      graphOf(
        step('again', { kind: 'while', body: { drawn: true, nodes: [step('again/ask')] } }),
        batch('a', [batch('a/b', [step('a/b/c')])]),
      ),
    );
    expect(node(plan, 'again/ask').repetition).toBe('rounds');
    expect([node(plan, 'a').repetition, node(plan, 'a').outerBatch]).toEqual(['once', undefined]);
    expect(node(plan, 'a/b/c')).toMatchObject({ repetition: 'batches', outerBatch: 'a', parent: 'n:a/b' });
  });

  test('a body that could not be drawn says why, and shows what ran in it', () => {
    const graph = graphOf(
      step('pick', {
        kind: 'forEach',
        body: { drawn: false, why: "Cannot destructure property 'name' of 'undefined'" },
      }),
    );
    expect([...planOf(graph).nodes.values()].find(({ kind }) => kind === 'note')?.title).toContain(
      "Cannot destructure property 'name'",
    );
    const paths = undrawnPaths(graph, [
      'pick',
      'pick/take',
      'pick/all/1',
      'pick/all/2',
      'pick/more/x',
      'pick/loop/?',
      'pick/loop/x',
    ]);
    const { nodes } = undrawnNodes(graph, paths, new Set(['pick/more'])).get('pick') ?? { nodes: [] };
    expect(nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'take step',
      'all parallel',
      'more batch',
      'loop while',
    ]);
    const plan = planOf(graph, undrawnNodes(graph, paths, new Set(['pick/more'])));
    expect(node(plan, 'pick/loop/x')).toMatchObject({
      repetition: 'batches',
      outerBatch: 'pick',
      parent: 'n:pick/loop',
    });
    expect([...plan.nodes.values()].some(({ kind }) => kind === 'note')).toBe(false);
  });

  test('steps made per item are cut off where they would be no drawing any more', () => {
    const graph = graphOf(batch('all', []));
    const paths = undrawnPaths(
      graph,
      Array.from({ length: 5000 }, (_, index) => `all/item-${index}`),
    );
    expect(paths.length).toBeLessThan(30);
    const extra = undrawnNodes(graph, paths, new Set()).get('all');
    expect(extra).toMatchObject({ more: true });
    expect(extra?.nodes).toHaveLength(24);
  });

  test('nodes without a name are told in words', () => {
    const plan = planOf(
      graphOf(step('sleep-1', { kind: 'sleep' }), step('step-1'), step('nap', { kind: 'sleep', title: 'A nap' })),
    );
    expect(['sleep-1', 'step-1', 'nap'].map(path => node(plan, path).title)).toEqual(['Wait', 'step-1', 'A nap']);
  });
});
