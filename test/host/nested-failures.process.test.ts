import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCause } from '../../host/api/api.ts';
import { Project } from '../support/project.ts';
import { SHELVES } from '../support/shelves.ts';
import { Studio, value } from './studio.ts';

/* Failures in batches inside others: which cells of the map hold them, and where each of them stands. */

let project: Project;
let studio: Studio;
let run: number;
let atEnd: (() => Promise<void>) | undefined;
let causes: readonly FailureCause[];
const fingerprint = (message: string) => {
  const found = causes.find(other => other.message === message);
  if (!found) throw new Error(`Nothing failed with ${message}`);
  return found;
};

beforeAll(async () => {
  project = new Project({ 'shelves.ts': SHELVES });
  studio = await Studio.open(project, {}, close => {
    atEnd = close;
  });
  run = await studio.start('shelves.ts');
  expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
  ({ causes } = await studio.api.getProblems({ run }));
});

afterAll(async () => await atEnd?.());

const nodeOf = async (path: string) =>
  (await studio.api.watchRun({ run })).maps.find(map => map.path === path)?.node ?? 0;

describe('a cause of failures inside batches', () => {
  test('says where the first of them is', async () => {
    expect(causes.map(({ path, message, batches }) => [path, message, batches])).toEqual([
      ['borne/boxes', 'It is broken', 5],
      ['strict/each', 'It fell', 2],
      ['borne/boxes', 'It is locked', 1],
    ]);
    const { node, first } = fingerprint('It is locked');
    const scope = (await studio.api.findBatch({ run, node, ...first }))?.scope ?? 0;
    expect(await studio.api.getBatch({ run, scope })).toMatchObject({
      batch: { index: 2, status: 'failed', message: 'It is locked' },
      around: [{ path: 'borne', index: 4, parent: 0 }],
    });
  });

  test('has its cells on the map of the outermost batches, whether these failed or bore it', async () => {
    const cells = async (path: string, message: string) => [
      ...(await studio.api.getCells({ run, node: await nodeOf(path), of: fingerprint(message) })).indices,
    ];
    expect(await cells('borne', 'It is broken')).toEqual([0, 1, 2, 3, 5]);
    expect(await cells('borne', 'It is locked')).toEqual([4]);
    expect(await cells('strict', 'It fell')).toEqual([2]);
    expect(await cells('strict', 'It is locked')).toEqual([]);
  });

  test('is gone to on that map, from one batch that failed or bore a failure to the next', async () => {
    const places = async (path: string, direction: 'next' | 'previous', begin: number) => {
      const node = await nodeOf(path);
      const found: number[] = [];
      for (let from = begin; ;) {
        const next = await studio.api.nextFailed({ run, node, from, direction });
        if (!next) return found;
        found.push((from = next.index));
      }
    };
    expect(await places('borne', 'next', -1)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await places('borne', 'previous', 3)).toEqual([2, 1, 0]);
    expect(await places('strict', 'next', -1)).toEqual([2]);
  });

  test('is what lists those batches as rows', async () => {
    const list = async (path: string, message: string, more = {}) => {
      const { rows, total } = await studio.api.listBatches({
        run,
        node: await nodeOf(path),
        where: { cause: fingerprint(message), ...more },
        sort: 'index',
        offset: 0,
        limit: 10,
      });
      expect(total).toBe(rows.length);
      return rows.map(({ index, status }) => `${index} ${status}`);
    };
    expect(await list('borne', 'It is broken')).toEqual([
      '0 succeeded',
      '1 succeeded',
      '2 succeeded',
      '3 succeeded',
      '5 succeeded',
    ]);
    expect(
      await list('borne', 'It is broken', {
        ranges: [
          [1, 2],
          [5, 9],
        ],
      }),
    ).toEqual(['1 succeeded', '2 succeeded', '5 succeeded']);
    expect(await list('strict', 'It fell', { statuses: ['failed'] })).toEqual(['2 failed']);
    expect(await list('strict', 'It fell', { statuses: ['succeeded'] })).toEqual([]);
    const { rows } = await studio.api.listBatches({
      run,
      node: fingerprint('It is locked').node,
      where: { cause: fingerprint('It is locked') },
      sort: 'index',
      offset: 0,
      limit: 10,
    });
    expect(rows).toMatchObject([{ index: 2, message: 'It is locked' }]);
  });

  test('colours them', async () => {
    const overlay = await studio.api.getOverlay({ run, node: await nodeOf('borne'), by: 'cause' });
    expect(
      overlay.by === 'cause' && [overlay.causes.map(cause => cause.includes('locked')), [...overlay.values]],
    ).toEqual([
      [false, true],
      [1, 1, 1, 1, 2, 1],
    ]);
  });

  test('is run again by itself, wherever its batches stand', async () => {
    const { path, fingerprint: cause } = fingerprint('It is locked');
    const report = value(await studio.api.planRerun({ run, request: { node: path, select: { fingerprint: cause } } }));
    expect(report.nodes).toEqual([
      expect.objectContaining({ path: 'borne/boxes', indices: [2] }),
      expect.objectContaining({ path: 'borne', indices: [4] }),
    ]);
  });
});

test('those that were borne are counted with the run, wherever it is listed', async () => {
  const counted = { batches: { failed: 1 }, failedBatches: 7 };
  expect(await studio.api.listRuns({ limit: 1 })).toMatchObject([{ status: 'completed', ...counted }]);
  expect((await studio.api.getRun({ run })).item).toMatchObject(counted);
  expect((await studio.api.watchRun({ run })).progress).toMatchObject(counted);
  expect(studio.events('onRun').at(-1)).toMatchObject(counted);
  expect((await project.cli(['runs'])).stdout).toMatch(/completed +The store room · .* · 6 batches inside failed\n$/);
});

test('the command line says of a batch inside others which it stands in', async () => {
  const show = ['show', String(run), '--batches', 'failed'];
  const [text, json] = await project.many(show, [...show, '--json']);
  expect(text?.stdout).toContain('Boxes #2 in Shelves #4 · 1 box · attempt 1 · It is locked');
  expect(text?.stdout).toContain('batches #0-3,5 of Shelves');
  expect(
    json?.events.find(
      ({ event, error }) => event === 'batch' && (error as { message: string }).message === 'It is locked',
    ),
  ).toMatchObject({ node: 'borne/boxes', index: 2, around: [{ node: 'borne', index: 4 }] });
  expect(json?.events.find(({ event, message }) => event === 'failure' && message === 'It is locked')).toMatchObject({
    node: 'borne/boxes',
    indices: [2],
    within: { node: 'borne', indices: [4] },
  });
});
