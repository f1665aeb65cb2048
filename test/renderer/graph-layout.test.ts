import type { ElkNode } from 'elkjs/lib/elk-api.js';
import elkBundle from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import { cameraFor, cameraOn, firstCamera } from '../../renderer/model/graph/camera.ts';
import { layOutGraph } from '../../renderer/model/graph/layout.ts';
import type { Layout } from '../../renderer/model/graph/geometry.ts';
import { pathOf } from '../../renderer/model/graph/line-path.ts';
import { START, type Plan } from '../../renderer/model/graph/plan.ts';
import { planOf } from '../../renderer/model/graph/planner.ts';
import { breaksOf } from '../../renderer/model/graph/rows.ts';
import { mapSize, sizesOf } from '../../renderer/model/graph/sizes.ts';
import { wrapText, type Measure } from '../../renderer/model/graph/wrap-text.ts';
import { step, batch, fork, graphOf, films, type Place, holds } from './graph-fixtures.ts';

// Layout

const measure: Measure = (text, font) => text.length * (font === 'title' ? 7 : 6);

const bundled = elkBundle as unknown as new () => { layout: (graph: ElkNode) => Promise<ElkNode> };

const elk = new bundled();

const lay = async (plan: Plan, before?: Layout, room?: number): Promise<Layout> =>
  await layOutGraph(
    plan,
    sizesOf(plan, measure, new Map()),
    measure,
    () => 30,
    graph => elk.layout(graph),
    { before, room },
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

  test('no row reaches out of the view where another break helps, in boxes neither', async () => {
    const plan = planOf(films);
    const right = (layout: Layout) =>
      Math.max(...[...layout.nodes.keys()].map(id => absolute(plan, layout, id)).map(({ x, width }) => x + width));
    expect(right(await lay(plan))).toBeGreaterThan(620);
    const narrow = await lay(plan, undefined, 620);
    expect(faults(plan, narrow)).toEqual([]);
    expect(right(narrow)).toBeLessThanOrEqual(620);
    // What was laid out for a wider view breaks anew in a much narrower one.
    expect(right(await lay(plan, await lay(plan), 500))).toBeLessThanOrEqual(right(narrow));
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

  test('many short steps reach out of the view in no row, where they can be read', () => {
    const chain = Array.from({ length: 60 }, (_, index) => ({ id: String(index), width: 180, height: 78 }));
    const breaks = breaksOf(chain, { across: 40, down: 40, ratio: 1.5 }, { room: 810 });
    const rows = Array.from({ length: 60 }, (_, index) => String(index)).reduce<number[]>(
      (lengths, id) => (breaks.has(id) ? [...lengths, 1] : [...lengths.slice(0, -1), (lengths.at(-1) ?? 0) + 1]),
      [0],
    );
    expect(Math.max(...rows)).toBe(3);
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

  test('a word longer than a line has the lines that it takes', () => {
    expect(wrapText('Donaudampfschifffahrtsgesellschaft', 'title', 150, 2, measure)).toEqual({ lines: 2, width: 150 });
    expect(wrapText('a Donaudampfschifffahrtsgesellschaft', 'title', 150, 5, measure).lines).toBe(3);
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

  test('the first camera of a graph that would be too small to read shows its beginning, and is led to what failed', async () => {
    const plan = planOf(films);
    const layout = await lay(plan);
    const size = { width: 500, height: 300 };
    const first = firstCamera(plan, layout, size);
    expect(12 * first.zoom).toBeGreaterThanOrEqual(11);
    const start = absolute(plan, layout, 'start');
    expect(start.x * first.zoom + first.x).toBeGreaterThanOrEqual(0);
    expect(start.x * first.zoom + first.x).toBeLessThan(60);

    const last = [...plan.nodes.values()].findLast(({ parent, kind }) => parent !== undefined && kind === 'step');
    const camera = cameraOn([last?.id ?? ''], plan, layout, size);
    const card = absolute(plan, layout, last?.id ?? '');
    expect(12 * camera.zoom).toBeGreaterThanOrEqual(11);
    expect(card.x * camera.zoom + camera.x).toBeGreaterThanOrEqual(0);
    expect((card.x + card.width) * camera.zoom + camera.x).toBeLessThanOrEqual(size.width);
    expect((card.y + card.height) * camera.zoom + camera.y).toBeLessThanOrEqual(size.height);
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
