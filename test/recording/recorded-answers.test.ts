import type { Database } from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { failureCauses } from '../../engine/store/queries.ts';
import type { Args, BatchFilter, BatchRow, Result } from '../../host/api/api.ts';
import { METHODS } from '../../host/api/api.ts';
import { OPERATIONS } from '../../host/store/operations.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { NODES, writeBigRun } from '../host/big-run.ts';
import { handedOver, type Handed } from './recorded.ts';

/* An exported file computes from columns what the store answers by queries. */

const BATCHES = 4_000;
let folder: string;
let db: Database;
let store: StoreConnection;
let run: number;
let file: Handed;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-recorded-'));
  const name = path.join(folder, 'runs.db');
  db = openStore(name, { mode: 'create' });
  ({ run } = writeBigRun(db, BATCHES));
  store = new StoreConnection(name, folder);
  file = await handedOver(store, run, true);
}, 30_000);

afterAll(() => {
  store.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const fingerprints = () => failureCauses(db, run, 10).map(({ fingerprint }) => fingerprint);

/** The file has a number for each fingerprint, in the order in which it met them. */
function inFile(fingerprint: string): string {
  const { causes } = OPERATIONS.getProblems(store, { run });
  const at = causes.findIndex(cause => cause.fingerprint === fingerprint);
  const recorded = file.recording.calls[`getProblems {}`] as Result<'getProblems'>;
  return recorded.causes[at]?.fingerprint ?? '';
}

const translated = (row: BatchRow): BatchRow =>
  row.fingerprint === undefined ? row : { ...row, fingerprint: inFile(row.fingerprint) };

const SORTS = ['index', 'duration', 'attempts', 'waited', 'status'] as const;

describe('pages of batches', () => {
  const filters: readonly (readonly [string, (forFile: boolean) => BatchFilter])[] = [
    ['all', () => ({})],
    ['failed', () => ({ statuses: ['failed'] })],
    ['done or waiting', () => ({ statuses: ['succeeded', 'waiting'] })],
    [
      'some ranges',
      () => ({
        ranges: [
          [5, 40],
          [100, 100],
          [3_990, 9_999],
        ],
      }),
    ],
    ['with a text', () => ({ search: 'TRIM is' })],
    ['of a cause', forFile => ({ fingerprint: forFile ? inFile(fingerprints()[1] ?? '') : (fingerprints()[1] ?? '') })],
    [
      'around a cause',
      forFile => ({
        cause: {
          node: NODES.clean,
          fingerprint: forFile ? inFile(fingerprints()[0] ?? '') : (fingerprints()[0] ?? ''),
        },
      }),
    ],
  ];
  for (const [name, where] of filters)
    test.each(SORTS.flatMap(sort => [false, true].map(descending => ({ sort, descending }))))(
      `${name} are those of the store, by $sort, descending: $descending`,
      async ({ sort, descending }) => {
        for (const offset of [0, 137, BATCHES - 10]) {
          const args: Omit<Args<'listBatches'>, 'where'> = {
            run,
            node: NODES.clean,
            sort,
            descending,
            offset,
            limit: 60,
          };
          const stored = OPERATIONS.listBatches(store, { ...args, where: where(false) });
          const recorded = await file.api.listBatches({ ...args, where: where(true) });
          expect(recorded.total).toBe(stored.total);
          expect(recorded.rows).toEqual(stored.rows.map(translated));
        }
      },
    );
});

test('the map, the totals and the causes are those of the store', async () => {
  const { maps, progress } = OPERATIONS.runSnapshot(store, run);
  const snapshot = await file.api.watchRun({ run });
  expect(snapshot.maps).toEqual(maps);
  expect(snapshot.progress).toMatchObject({
    items: progress.items,
    batches: progress.batches,
    failedBatches: progress.failedBatches,
  });
  const { causes } = await file.api.getProblems({ run });
  expect(causes.map(({ batches, path: of, first }) => ({ batches, of, first }))).toEqual(
    failureCauses(db, run, 100).map(({ batches, path: of, first }) => ({ batches, of, first })),
  );
});

test.each(['duration', 'attempt'] as const)('the batches by %s are those of the store', async by => {
  expect(await file.api.getOverlay({ run, node: NODES.clean, by })).toEqual(
    OPERATIONS.getOverlay(store, { run, node: NODES.clean, by }),
  );
});

test('the history is that of the store', async () => {
  const stored = OPERATIONS.getHistory(store, { run });
  const recorded = await file.api.getHistory({ run });
  expect({ ...recorded, causes: recorded.causes.length }).toEqual({ ...stored, causes: stored.causes.length });
});

test('the next failed batch, batches by their index, and the cells of a cause are those of the store', async () => {
  for (const from of [-1, 3, 2_000, BATCHES])
    for (const direction of ['next', 'previous'] as const)
      expect(await file.api.nextFailed({ run, node: NODES.clean, from, direction })).toEqual(
        OPERATIONS.nextFailed(store, { run, node: NODES.clean, from, direction }),
      );
  for (const index of [0, 17, BATCHES - 1, BATCHES])
    expect(await file.api.findBatch({ run, node: NODES.clean, index })).toEqual(
      OPERATIONS.findBatch(store, { run, node: NODES.clean, index }),
    );
  const [fingerprint = ''] = fingerprints();
  const cells = await file.api.getCells({
    run,
    node: NODES.clean,
    of: { node: NODES.clean, fingerprint: inFile(fingerprint) },
  });
  const stored = OPERATIONS.getCells(store, { run, node: NODES.clean, of: { node: NODES.clean, fingerprint } });
  expect([...cells.indices]).toEqual([...stored.indices].toSorted((a, b) => a - b));
});

test('each answer has the shape of the contract', () => {
  const wrong = Object.entries(file.recording.calls).flatMap(([key, answer]) => {
    const method = key.split(' ', 1)[0] as keyof typeof METHODS;
    const result = METHODS[method].result.safeParse(answer);
    return result.success ? [] : [`${key}: ${result.error.message}`];
  });
  expect(wrong).toEqual([]);
});

test('a failed batch opens with all that is known of it; another one says that it is not in the file', async () => {
  const failed = OPERATIONS.findBatch(store, { run, node: NODES.clean, index: 3 })?.scope ?? 0;
  const detail = await file.api.getBatch({ run, scope: failed });
  const stored = OPERATIONS.getBatch(store, { run, scope: failed });
  expect(detail.attempts.map(({ path: of, status }) => [of, status])).toEqual(
    stored.attempts.map(({ path: of, status }) => [of, status]),
  );
  expect((await file.api.getItems({ run, scope: failed })).json).toBe(
    OPERATIONS.getItems(store, { run, scope: failed }).json,
  );
  // One in eight of those that are done is in the file.
  const missing = OPERATIONS.findBatch(store, { run, node: NODES.clean, index: 4 })?.scope ?? 0;
  await expect(file.api.getBatch({ run, scope: missing })).rejects.toThrow(
    'This file has this batch in its lists only',
  );
  await expect(file.api.getRun({ run: run + 1 })).rejects.toThrow(`This file holds run ${run}`);
});
