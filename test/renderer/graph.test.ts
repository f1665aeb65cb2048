import type { ElkNode } from 'elkjs/lib/elk-api.js';
import elkBundle from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import type { Counts, Graph, GraphNode, NodeProgress, Progress, RunStatus, StepProgress } from '../../host/api/api.ts';
import { cameraFor } from '../../renderer/model/graph/camera.ts';
import { frameLines } from '../../renderer/model/code-frame.ts';
import { layOutGraph } from '../../renderer/model/graph/layout.ts';
import type { Layout } from '../../renderer/model/graph/geometry.ts';
import {
  batchFacts,
  batchLine,
  batchName,
  batchProgressText,
  stepFacts,
  stepName,
} from '../../renderer/model/graph/node-text.ts';
import { pathOf } from '../../renderer/model/graph/line-path.ts';
import { END, nodeId, START, type Plan, type PlanNode } from '../../renderer/model/graph/plan.ts';
import { planOf } from '../../renderer/model/graph/planner.ts';
import { breaksOf } from '../../renderer/model/graph/rows.ts';
import { mapSize, sizesOf } from '../../renderer/model/graph/sizes.ts';
import { graphSource } from '../../renderer/model/graph/graph-source.ts';
import { batchState, roundCount, stepState } from '../../renderer/model/graph/node-state.ts';
import { edgeState } from '../../renderer/model/graph/edge-state.ts';
import { branchCounts } from '../../renderer/model/graph/branch-counts.ts';
import type { RunFigures } from '../../renderer/model/graph/progress-index.ts';
import { wrapText, type Measure } from '../../renderer/model/graph/wrap-text.ts';
import { undrawnNodes, undrawnPaths } from '../../renderer/model/graph/undrawn-nodes.ts';

const at = { file: '/home/ada/films.ts', line: 14, column: 3 };
const step = (path: string, more: Partial<GraphNode> = {}): GraphNode => ({
  path,
  id: path.split('/').at(-1) ?? path,
  kind: 'step',
  at,
  ...more,
});
const batch = (path: string, nodes: readonly GraphNode[], more: Partial<GraphNode> = {}): GraphNode =>
  step(path, {
    kind: 'batch',
    settings: { size: 100, concurrency: 4, tolerate: { kind: 'count', count: 0 } },
    body: { drawn: true, nodes },
    ...more,
  });
const fork = (path: string, branches: NonNullable<GraphNode['branches']>, title = 'Gross known?'): GraphNode =>
  step(path, { kind: 'if', title, branches });
const graphOf = (...nodes: GraphNode[]): Graph => ({ id: 'films', name: 'Films', triggers: [], nodes });

const films = graphOf(
  step('load', { title: 'Load films' }),
  batch(
    'clean',
    [
      step('clean/trim', { title: 'Trim titles' }),
      fork('clean/known', [
        { id: 'known', nodes: [step('clean/convert')] },
        { id: 'else', nodes: [step('clean/mark')] },
      ]),
      step('clean/count'),
    ],
    { title: 'Clean in causes of 100', unit: ['film', 'films'] },
  ),
  step('report', { title: 'Write the report' }),
);

const counts = (total: number, succeeded = 0, failed = 0, running = 0, cancelled = 0): Counts => ({
  total,
  succeeded,
  failed,
  running,
  cancelled,
  waiting: total - succeeded - failed - running - cancelled,
});
const ran = (path: string, succeeded: number, failed = 0, running = 0): StepProgress => ({
  path,
  succeeded,
  failed,
  running,
});
const batches = (path: string, of: Counts, more: Partial<NodeProgress> = {}): NodeProgress => ({
  node: 2,
  path,
  batches: of,
  items: of,
  complete: true,
  concurrency: 4,
  ...more,
});
const progress = (
  status: RunStatus,
  steps: StepProgress[],
  nodes: NodeProgress[] = [],
  more: Partial<Progress> = {},
): Progress => ({
  status,
  steps,
  nodes,
  items: counts(0),
  batches: counts(0),
  failedBatches: 0,
  rate: 0,
  startedAt: 0,
  activeMs: 0,
  ...more,
});
const now = (...of: Parameters<typeof progress>): RunFigures => ({ progress: progress(...of), error: undefined });

const node = (plan: Plan, path: string): PlanNode => {
  const found = plan.nodes.get(nodeId(path));
  if (!found) throw new Error(`no ${path}`);
  return found;
};
const lines = (plan: Plan): string[] =>
  plan.edges.map(
    ({ source, target, branch: way }) =>
      `${source.replace('n:', '')} > ${target.replace('n:', '')}${way ? ` (${way.label})` : ''}`,
  );

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

describe('how nodes stand', () => {
  const plan = planOf(films);
  const failedRun = now(
    'failed',
    [
      ran('load', 1),
      ran('clean/trim', 21, 12),
      ran('clean/known', 21),
      ran('clean/convert', 19),
      ran('clean/mark', 2),
      ran('clean/count', 21),
    ],
    [batches('clean', counts(33, 21, 12))],
  );
  const running = now(
    'running',
    [ran('load', 1), ran('clean/trim', 14, 2, 3), ran('clean/known', 14)],
    [batches('clean', counts(33, 12, 2, 4))],
    { rate: 1200, left: [900, 2000] },
  );

  test('a failed batch node holds back what follows it', () => {
    expect(batchState(node(plan, 'clean'), failedRun)).toMatchObject({
      state: 'failed',
      failed: 12,
      succeeded: 21,
      total: 33,
      tolerated: false,
    });
    expect(stepState(node(plan, 'report'), failedRun)).toMatchObject({ state: 'unreached', waitsFor: 12 });
    expect(stepName(node(plan, 'report'), stepState(node(plan, 'report'), failedRun))).toBe(
      'Write the report, waits for 12 batches',
    );
    const states = Object.fromEntries(
      plan.edges.map(edge => [edge.id.replaceAll('n:', ''), edgeState(edge, plan.nodes, failedRun)]),
    );
    expect(states).toMatchObject({
      'start>load': 'done',
      'load>clean': 'done',
      'clean>report': 'stopped',
      'report>end': 'unreached',
      'clean/known>clean/mark#1': 'done',
    });
  });

  test('names say first what failed', () => {
    const trim = node(plan, 'clean/trim');
    expect(stepName(trim, stepState(trim, failedRun))).toBe('Trim titles, 12 failed, 21 done');
    expect(batchName(node(plan, 'clean'), batchState(node(plan, 'clean'), failedRun))).toBe(
      'Clean in causes of 100, 12 of 33 failed, 21 done, failed',
    );
  });

  test('while batches run, their container has pace and time left, and its steps go on', () => {
    const clean = node(plan, 'clean');
    const container = batchState(clean, running);
    expect(container).toMatchObject({ state: 'running', rate: 1200, leftFrom: 900, leftTo: 2000, concurrency: 4 });
    expect(batchLine(clean, container)).toBe('running · 1,200 films a second · 1 to 2 s left');
    expect([batchFacts(container).map(({ text }) => text), batchProgressText(container)]).toEqual([
      ['12 done', '2 failed', '4 running'],
      '14 / 33',
    ]);
    expect(stepState(node(plan, 'clean/known'), running).state).toBe('running');
    expect(stepState(node(plan, 'clean/count'), running).state).toBe('waiting');
    expect(stepState(node(plan, 'report'), running).state).toBe('waiting');
  });

  test('a stream says that there may be more', () => {
    expect(
      batchProgressText(
        batchState(
          node(plan, 'clean'),
          now('running', [], [batches('clean', counts(40, 12, 0, 4), { complete: false })]),
        ),
      ),
    ).toBe('12 / 40 so far');
  });

  test('tolerated failures leave a batch node succeeded', () => {
    const tolerant = planOf(
      graphOf(
        batch('clean', [], { settings: { size: 1, concurrency: 1, tolerate: { kind: 'percent', percent: 10 } } }),
        step('next'),
      ),
    );
    const at10 = now('running', [], [batches('clean', counts(30, 27, 3))]);
    expect(batchState(node(tolerant, 'clean'), at10)).toMatchObject({ state: 'succeeded', tolerated: true });
    expect(batchState(node(tolerant, 'clean'), now('failed', [], [batches('clean', counts(30, 26, 4))])).state).toBe(
      'failed',
    );
  });

  test('a node whose items could not be read failed without a batch', () => {
    const failed: RunFigures = {
      progress: progress('failed', [ran('load', 1)]),
      error: { name: 'Error', message: 'x', fingerprint: 'x', step: 'clean' },
    };
    expect(batchState(node(plan, 'clean'), failed).state).toBe('failed');
    expect(
      plan.edges.filter(({ source }) => source === 'n:clean').map(edge => edgeState(edge, plan.nodes, failed)),
    ).toEqual(['stopped']);
  });

  test('before a run, cards say what their nodes do', () => {
    const load = planOf(graphOf(step('load', { settings: { retry: { attempts: 3 }, timeout: 200 } })));
    expect(stepFacts(node(load, 'load'), stepState(node(load, 'load'), undefined))).toEqual([
      { text: '3 attempts · 200 ms at most' },
    ]);
    expect(batchLine(node(plan, 'clean'), batchState(node(plan, 'clean'), undefined))).toBe(
      'in batches of 100 · 4 at a time',
    );
    expect(plan.edges.map(edge => edgeState(edge, plan.nodes, undefined))).toEqual(plan.edges.map(() => 'idle'));
  });

  test('a step that will be tried again has not failed yet', () => {
    const patient = planOf(graphOf(step('load', { settings: { retry: { attempts: 3 } } })));
    expect(stepState(node(patient, 'load'), now('running', [ran('load', 0, 1)])).state).toBe('retrying');
    expect(stepState(node(patient, 'load'), now('failed', [ran('load', 0, 1)])).state).toBe('failed');
  });

  test('of a step in batches, those that wait for another try have not failed yet', () => {
    const patient = planOf(graphOf(batch('b', [step('b/charge', { settings: { retry: { attempts: 3 } } })])));
    const charge = node(patient, 'b/charge');
    const live = stepState(charge, now('running', [ran('b/charge', 5, 3)], [batches('b', counts(30, 5, 1, 2))]));
    expect(stepFacts(charge, live).map(({ text }) => text)).toEqual(['5 done', '1 failed', '2 to retry']);
    expect(stepState(charge, now('failed', [ran('b/charge', 5, 3)], [batches('b', counts(30, 27, 3))]))).toMatchObject({
      failed: 3,
      retrying: 0,
    });
  });

  test('what was going on when a run was paused is paused', () => {
    expect(stepState(node(plan, 'load'), now('paused', [ran('load', 0, 0, 1)])).state).toBe('paused');
    expect(
      batchState(node(plan, 'clean'), now('interrupted', [ran('load', 1)], [batches('clean', counts(33, 4))])).state,
    ).toBe('interrupted');
    expect(
      batchState(node(plan, 'clean'), now('cancelled', [ran('load', 1)], [batches('clean', counts(33, 4, 0, 0, 29))]))
        .state,
    ).toBe('cancelled');
  });
});

describe('which way an if went', () => {
  const plan = planOf(films);
  const known = node(plan, 'clean/known');

  test('is told by what its branches begin with', () => {
    expect(
      branchCounts(
        known,
        now(
          'running',
          [ran('clean/known', 21), ran('clean/convert', 17, 1, 1), ran('clean/mark', 2)],
          [batches('clean', counts(33))],
        ),
      ),
    ).toEqual([19, 2]);
  });

  test('the one way that is not known is what is left', () => {
    const short = planOf(
      graphOf(batch('b', [fork('b/rare', [{ id: 'rare', nodes: [step('b/tell')] }]), step('b/next')])),
    );
    expect(
      branchCounts(
        node(short, 'b/rare'),
        now('running', [ran('b/rare', 9), ran('b/tell', 2)], [batches('b', counts(9))]),
      ),
    ).toEqual([2, 7]);
    const two = planOf(
      graphOf(
        batch('b', [
          fork('b/rare', [
            { id: 'rare', nodes: [] },
            { id: 'else', nodes: [] },
          ]),
          step('b/next'),
        ]),
      ),
    );
    expect(branchCounts(node(two, 'b/rare'), now('running', [ran('b/rare', 9)], [batches('b', counts(9))]))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('outside batches the other way is not needed', () => {
    const top = planOf(
      graphOf(
        fork('a', [
          { id: 'a', nodes: [step('b'), step('c')] },
          { id: 'else', nodes: [step('d')] },
        ]),
        step('e'),
      ),
    );
    const went = now('running', [ran('a', 1), ran('d', 0, 0, 1)]);
    expect(['b', 'c', 'd', 'e'].map(path => stepState(node(top, path), went).state)).toEqual([
      'skipped',
      'skipped',
      'running',
      'waiting',
    ]);
    expect(top.edges.filter(({ branch: way }) => way).map(edge => edgeState(edge, top.nodes, went))).toEqual([
      'unreached',
      'done',
    ]);
  });
});

describe('whiles, races and sleeps', () => {
  const plan = planOf(
    graphOf(
      step('open', {
        kind: 'while',
        settings: { maxRounds: 20 },
        body: { drawn: true, nodes: [step('open/nap', { kind: 'sleep', settings: { ms: 150 } }), step('open/knock')] },
      }),
      step('first', { kind: 'race', members: [step('first/near'), step('first/far')] }),
      step('rest', { kind: 'sleep', settings: { ms: 500 } }),
      step('end-of-it'),
    ),
  );

  test('a while counts its rounds, and goes on until it is done', () => {
    const going = now('running', [ran('open/?', 3), ran('open/knock', 2)]);
    expect([
      roundCount(node(plan, 'open'), going),
      stepState(node(plan, 'open'), going).state,
      stepState(node(plan, 'open/nap'), going).state,
    ]).toEqual([3, 'running', 'running']);
    const done = now('running', [ran('open/?', 4), ran('open/knock', 3), ran('open', 1)]);
    expect([
      roundCount(node(plan, 'open'), done),
      stepState(node(plan, 'open'), done).state,
      stepState(node(plan, 'open/nap'), done).state,
    ]).toEqual([3, 'succeeded', 'succeeded']);
  });

  test('who lost a race was not needed', () => {
    const won = now('running', [ran('open', 1), ran('first/near', 1), ran('first', 1)]);
    expect(['first', 'first/near', 'first/far'].map(path => stepState(node(plan, path), won).state)).toEqual([
      'succeeded',
      'succeeded',
      'skipped',
    ]);
  });

  test('a sleep begins when what is before it is done, and has ended when what follows it begins', () => {
    expect(stepState(node(plan, 'rest'), now('running', [ran('first/near', 0, 0, 1)])).state).toBe('waiting');
    expect(stepState(node(plan, 'rest'), now('running', [ran('first/near', 1), ran('first', 1)])).state).toBe(
      'running',
    );
    expect(stepState(node(plan, 'rest'), now('running', [ran('first', 1), ran('end-of-it', 0, 0, 1)])).state).toBe(
      'succeeded',
    );
  });

  test('a step that cancels the run is cancelled', () => {
    const cancelling = planOf(graphOf(step('cancel-1', { kind: 'cancel', settings: { reason: 'nothing to do' } })));
    expect(stepState(node(cancelling, 'cancel-1'), now('cancelled', [], [], { reason: 'nothing to do' })).state).toBe(
      'cancelled',
    );
    expect(stepState(node(cancelling, 'cancel-1'), now('cancelled', [], [], { reason: 'by hand' })).state).toBe(
      'unreached',
    );
  });
});

// Layout

const measure: Measure = (text, font) => text.length * (font === 'title' ? 7 : 6);
const bundled = elkBundle as unknown as new () => { layout: (graph: ElkNode) => Promise<ElkNode> };
const elk = new bundled();
const lay = async (plan: Plan, before?: Layout): Promise<Layout> =>
  await layOutGraph(
    plan,
    sizesOf(plan, measure, new Map()),
    measure,
    () => 30,
    graph => elk.layout(graph),
    before,
  );

const absolute = (plan: Plan, layout: Layout, id: string): Place => {
  const placed = layout.nodes.get(id);
  if (!placed) throw new Error(`${id} has no place`);
  const parent = plan.nodes.get(id)?.parent;
  const origin = parent === undefined ? { x: 0, y: 0 } : absolute(plan, layout, parent);
  return { ...placed, x: placed.x + origin.x, y: placed.y + origin.y };
};

/** Everything has a place, boxes hold what is in them, nothing covers anything else, and lines end at their cards. */
function faults(plan: Plan, layout: Layout): string[] {
  const nodes = [...plan.nodes.values()];
  const places = new Map(nodes.map(({ id }) => [id, absolute(plan, layout, id)]));
  const place = (id: string) => places.get(id) ?? absolute(plan, layout, id);
  const outside = nodes
    .filter(({ id, parent }) => parent !== undefined && !holds(place(parent), place(id)))
    .map(({ id }) => `${id} is not within its box`);
  const covering = nodes.flatMap(({ id, parent }) =>
    nodes
      .filter(other => other.id > id && other.parent === parent && !apart(place(id), place(other.id)))
      .map(other => `${id} covers ${other.id}`),
  );
  const loose = plan.edges.flatMap(({ id, source, target }) => {
    const points = layout.edges.get(id)?.points ?? [];
    const [first, last] = [points[0], points.at(-1)];
    const crooked = points.some((point, index) => !isStraight(point, points[index + 1] ?? point));
    return first && last && touches(first, place(source)) && touches(last, place(target)) && !crooked
      ? []
      : [`${id} does not lead from card to card`];
  });
  return [...outside, ...covering, ...loose];
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function holds(box: Place, inner: Place): boolean {
  return (
    inner.x >= box.x &&
    inner.y >= box.y &&
    inner.x + inner.width <= box.x + box.width + 0.5 &&
    inner.y + inner.height <= box.y + box.height + 0.5
  );
}

function apart(a: Place, b: Place): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

function isStraight(a: { x: number; y: number }, b: { x: number; y: number }): boolean {
  return Math.abs(a.x - b.x) < 0.6 || Math.abs(a.y - b.y) < 0.6;
}

function touches({ x, y }: { x: number; y: number }, card: Place): boolean {
  const [right, bottom] = [card.x + card.width, card.y + card.height];
  const near = (a: number, b: number) => Math.abs(a - b) < 1.1;
  return (
    x > card.x - 1.1 &&
    x < right + 1.1 &&
    y > card.y - 1.1 &&
    y < bottom + 1.1 &&
    (near(x, card.x) || near(x, right) || near(y, card.y) || near(y, bottom))
  );
}

const nested = graphOf(
  step('open'),
  batch('lib', [
    step('lib/list'),
    batch('lib/shelf', [
      batch('lib/shelf/book', [
        step('lib/shelf/book/read'),
        step('lib/shelf/book/again', {
          kind: 'while',
          body: { drawn: true, nodes: [step('lib/shelf/book/again/scan')] },
        }),
        step('lib/shelf/book/dyn', { kind: 'forEach', body: { drawn: false, why: 'x' } }),
      ]),
    ]),
    fork('lib/rare', [
      {
        id: 'rare',
        nodes: [
          step('lib/tell'),
          fork('lib/very', [
            { id: 'very', nodes: [step('lib/shout')] },
            { id: 'else', nodes: [batch('lib/whisper', [step('lib/whisper/softly')])] },
          ]),
        ],
      },
    ]),
    step('lib/race', { kind: 'race', members: [step('lib/race/1'), step('lib/race/2'), step('lib/race/3')] }),
  ]),
  fork('left', [
    { id: 'left', nodes: Array.from({ length: 7 }, (_, index) => step(`a${index}`)) },
    { id: 'few', title: 'Only a few of them?', nodes: [] },
    { id: 'else', nodes: [step('cancel-1', { kind: 'cancel' })] },
  ]),
  fork('again', [{ id: 'again', nodes: [step('z')] }]),
);

describe('layout', () => {
  test('boxes hold their steps, nothing covers anything, lines end at their cards', async () => {
    for (const graph of [films, nested, graphOf(), graphOf(step('only'))]) {
      const plan = planOf(graph);
      expect(faults(plan, await lay(plan))).toEqual([]);
    }
  });

  test('150 steps are laid out in rows, at about the shape of the screen', async () => {
    const nodes = Array.from({ length: 150 }, (_, index) =>
      index % 13 === 7
        ? fork(`f${index}`, [
            { id: `f${index}`, nodes: [step(`y${index}`)] },
            { id: 'else', nodes: index % 2 ? [step(`n${index}`)] : [] },
          ])
        : step(`s${index}`),
    );
    const plan = planOf(graphOf(...nodes));
    const layout = await lay(plan);
    expect(faults(plan, layout)).toEqual([]);
    const placed = [...layout.nodes.values()];
    const [width, height] = [
      Math.max(...placed.map(card => card.x + card.width)),
      Math.max(...placed.map(card => card.y + card.height)),
    ];
    expect(width / height).toBeGreaterThan(0.9);
    expect(width / height).toBeLessThan(2.4);
  });

  test('the same plan is laid out the same, and where it began stays where it was', async () => {
    const plan = planOf(films);
    const layout = await lay(plan);
    expect(await lay(plan, layout)).toEqual(layout);
    expect(layout.nodes.get(START)).toMatchObject({ x: 0, y: 0 });
  });

  test('an edit leaves what stands before it where it was', async () => {
    const before = await lay(planOf(films));
    const edited = planOf({
      ...films,
      nodes: [...films.nodes, step('thanks', { title: 'Thank everybody' }), step('close')],
    });
    const after = await lay(edited, before);
    expect(faults(edited, after)).toEqual([]);
    for (const id of ['start', 'n:load', 'n:clean', 'n:clean/trim', 'n:clean/mark', 'n:report'])
      expect(after.nodes.get(id), id).toEqual(before.nodes.get(id));
  });

  test('rows go on breaking where they did, until that is much worse', () => {
    const spacing = { across: 10, down: 10, ratio: 1 };
    const chain = Array.from({ length: 9 }, (_, index) => ({ id: String(index), width: 90, height: 90 }));
    expect([...breaksOf(chain, spacing)]).toEqual(['3', '6']);
    expect([...breaksOf(chain, spacing, { before: new Set(['4']) })]).not.toEqual(['4']);
    expect([...breaksOf(chain, spacing, { before: new Set(['3', '5', 'gone']) })]).toEqual(['3', '5']);
    expect([...breaksOf(chain.slice(0, 4), spacing, { glued: new Set(['2']) })]).not.toContain('2');
  });

  test('figures of a run change no size, but for the map of very many batches', () => {
    expect([33, 60, 61, 1000, 1001, 1_000_000].map(mapSize)).toEqual([0, 0, 1, 1, 2, 2]);
    const plan = planOf(films);
    const [small, large] = [sizesOf(plan, measure, new Map()), sizesOf(plan, measure, new Map([['clean', 2]]))];
    expect(small.get('n:load')).toEqual(large.get('n:load'));
    expect(small.get('n:clean')).not.toEqual(large.get('n:clean'));
  });

  test('titles break at words and are cut off after two lines', () => {
    expect(wrapText('Trim titles', 'title', 170, 2, measure)).toEqual({ lines: 1, width: 77 });
    expect(wrapText('Are the takings of all of them known?', 'title', 150, 2, measure).lines).toBe(2);
    expect(wrapText('one two three four five six seven eight nine ten', 'title', 80, 2, measure).lines).toBe(2);
  });

  test('the first camera shows everything, and blows nothing up', async () => {
    const plan = planOf(films);
    const layout = await lay(plan);
    const camera = cameraFor(plan, layout, { width: 820, height: 540 });
    for (const { id } of plan.nodes.values()) {
      const card = absolute(plan, layout, id);
      expect(card.x * camera.zoom + camera.x).toBeGreaterThanOrEqual(20);
      expect((card.x + card.width) * camera.zoom + camera.x).toBeLessThanOrEqual(800);
      expect((card.y + card.height) * camera.zoom + camera.y).toBeLessThanOrEqual(520);
    }
    const empty = planOf(graphOf());
    expect(cameraFor(empty, await lay(empty), { width: 2000, height: 2000 }).zoom).toBeLessThanOrEqual(1.1);
  });

  test('corners are rounded, at most by half of what is between them', () => {
    expect(
      pathOf([
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ]),
    ).toBe('M0 0L100 0');
    expect(
      pathOf(
        [
          { x: 0, y: 0 },
          { x: 100, y: 0 },
          { x: 100, y: 8 },
        ],
        10,
      ),
    ).toBe('M0 0L90 0Q100 0 100 4L100 8');
  });
});

describe('what is shown', () => {
  const files = [
    { file: 'films.ts', graphs: [films] },
    { file: 'bad.ts', graphs: [], problem: { name: 'LoadError', message: 'no' } },
  ];
  const nothing = { workflow: undefined, runId: undefined, detail: undefined, runs: [], workspace: { files } };

  test('the graph of the run, else of the workflow, else why there is none', () => {
    expect(graphSource(nothing)).toEqual({ key: '', file: undefined, graph: undefined, problem: undefined });
    expect(graphSource({ ...nothing, workflow: { file: 'films.ts', workflow: 'films' } })).toMatchObject({
      graph: films,
      problem: undefined,
    });
    expect(graphSource({ ...nothing, workflow: { file: 'bad.ts', workflow: '' } })).toMatchObject({
      graph: undefined,
      problem: { message: 'no' },
    });
    const ofRun = { ...films, name: 'As it ran' };
    expect(
      graphSource({
        ...nothing,
        workflow: { file: 'films.ts', workflow: 'films' },
        runId: 4,
        detail: { graph: ofRun },
      }),
    ).toMatchObject({ graph: ofRun });
  });

  test("a run that is being opened has its workflow's graph and camera already", () => {
    const opening = graphSource({ ...nothing, runId: 4, runs: [{ run: 4, file: 'films.ts', workflow: 'films' }] });
    expect(opening).toMatchObject({
      graph: films,
      key: graphSource({ ...nothing, workflow: { file: 'films.ts', workflow: 'films' } }).key,
    });
  });

  test('code frames are read line by line', () => {
    expect(frameLines('  30 |   a\n> 31 |   b\n     |   ^\n  32 |')).toEqual([
      { number: '30', text: '  a', marked: false },
      { number: '31', text: '  b', marked: true },
      { number: '', text: '  ^', marked: true },
      { number: '32', text: '', marked: false },
    ]);
  });

  test('the plan of an empty workflow is its payload and its result', () => {
    expect([...planOf(graphOf()).nodes.keys()]).toEqual([START, END]);
  });
});
