import type { Database } from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { openStore } from '../../engine/store/open.ts';
import { prepared, preparedColumn, preparedRaw } from '../../engine/store/prepared-queries.ts';
import { METHODS, type BatchPredicate, type BatchRow } from '../../host/api/api.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import {
  OPERATIONS,
  SLOW,
  type OperationArgs,
  type OperationName,
  type OperationResult,
} from '../../host/store/operations.ts';
import { Store } from '../../host/store/store.ts';
import { causeOf, fateOf, NODES, writeBigRun } from './big-run.ts';

/** The read path on a run of a hundred thousand batches. */
const BATCHES = 100_000;
const ALL = Array.from({ length: BATCHES }, (_, index) => index);
const FAILED = ALL.filter(index => fateOf(index).cause !== undefined);

let folder: string;
let db: Database;
let access: StoreConnection;
let run: number;
let startedAt: number;
let small: number;
const timings: { readonly what: string; readonly ms: number; readonly lane: string }[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-queries-'));
  const file = path.join(folder, 'runs.db');
  db = openStore(file, { mode: 'create' });
  // What is written here is read once and thrown away.
  db.pragma('synchronous = OFF');
  ({ run, startedAt } = writeBigRun(db, BATCHES));
  small = writeBigRun(db, 2_000).run;
  access = new StoreConnection(file, folder);
  // Most of a second on a machine of its own, several on a busy one.
}, 60_000);

afterAll(() => {
  access.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
  const width = Math.max(...timings.map(({ what }) => what.length));
  console.log(
    `Milliseconds, on a run of ${BATCHES.toLocaleString('en')} batches (in a thread of the store's, never in the host's own):\n${timings.map(({ what, ms, lane }) => `  ${what.padEnd(width)} ${ms.toFixed(1).padStart(8)}  ${lane}`).join('\n')}`,
  );
});

/** Does an operation three times, notes the shortest time, and holds the result against the contract. */
function ask<N extends OperationName>(what: string, name: N, args: OperationArgs<N>): OperationResult<N> {
  const operation = OPERATIONS[name] as (store: StoreConnection, args: unknown) => OperationResult<N>;
  let result: OperationResult<N> | undefined;
  let ms = Infinity;
  for (let time = 0; time < 3; time++) {
    const from = performance.now();
    result = operation(access, args);
    ms = Math.min(ms, performance.now() - from);
  }
  timings.push({ what, ms, lane: SLOW.has(name) ? 'slow lane' : 'quick lane' });
  if (name in METHODS) METHODS[name as keyof typeof METHODS].result.parse(structuredClone(result));
  return result as OperationResult<N>;
}

const list = (what: string, where: BatchPredicate, more: Partial<OperationArgs<'listBatches'>> = {}) =>
  ask(`listBatches, ${what}`, 'listBatches', {
    run,
    node: NODES.clean,
    where,
    sort: 'index',
    offset: 0,
    limit: 100,
    ...more,
  });
const indices = ({ rows }: { rows: readonly BatchRow[] }) => rows.map(({ index }) => index);

describe('batches in pages', () => {
  test('by place, from either end', () => {
    expect(list('first page', {})).toMatchObject({
      total: BATCHES,
      rows: {
        length: 100,
        0: { index: 0, scope: 1, status: 'succeeded', items: 10, attempts: 2 },
        3: { status: 'failed', message: 'title.trim is not a function (3)', fingerprint: causeOf(3) },
      },
    });
    expect(indices(list('page at 90,000', {}, { offset: 90_000 }))).toEqual(ALL.slice(90_000, 90_100));
    expect(indices(list('backwards', {}, { descending: true, offset: 10 }))).toEqual(ALL.toReversed().slice(10, 110));
    expect(indices(list('past the end', {}, { offset: BATCHES + 5 }))).toEqual([]);
    expect(indices(list('over the end', {}, { offset: BATCHES - 3 }))).toEqual(ALL.slice(-3));
  });

  test('by status', () => {
    expect(list('failed', { statuses: ['failed'] }).total).toBe(FAILED.length);
    expect(indices(list('failed, page 40', { statuses: ['failed'] }, { offset: 4_000 }))).toEqual(
      FAILED.slice(4_000, 4_100),
    );
    expect(list('succeeded', { statuses: ['succeeded'] }).total).toBe(BATCHES - FAILED.length);
    expect(list('both', { statuses: ['failed', 'succeeded'] }, { offset: 50_000 }).rows[0]?.index).toBe(50_000);
    expect(list('waiting', { statuses: ['waiting', 'running', 'cancelled', 'superseded'] })).toEqual({
      rows: [],
      total: 0,
    });
    expect(list('none', { statuses: [] })).toEqual({ rows: [], total: 0 });
  });

  test('by cause, by text and by ranges', () => {
    const ofCause = FAILED.filter(index => causeOf(index) === causeOf(3));
    expect(list('of a cause', { fingerprint: causeOf(3) }, { offset: 20 })).toMatchObject({
      total: ofCause.length,
      rows: { 0: { index: ofCause[20] } },
    });
    expect(indices(list('that say', { search: 'NOT A Function (9998' }))).toEqual(
      [9_983, 99_983].filter(index => `title.trim is not a function (${index})`.includes('(9998')),
    );
    expect(list('that say 50%', { search: '50%_' })).toEqual({ rows: [], total: 0 });
    const ranges: [number, number][] = [
      [90_000, 90_004],
      [5, 7],
      [6, 9],
      [20, 10],
      [99_999, 200_000],
    ];
    expect(list('in ranges', { ranges })).toMatchObject({ total: 11 });
    expect(indices(list('in ranges', { ranges }))).toEqual([
      5, 6, 7, 8, 9, 90_000, 90_001, 90_002, 90_003, 90_004, 99_999,
    ]);
    expect(indices(list('failed in ranges', { ranges: [[0, 50]], statuses: ['failed'] }))).toEqual([3, 23, 43]);
    const many = Array.from({ length: 50_000 }, (_, index): [number, number] => [index * 2, index * 2]);
    expect(list('in 50,000 ranges', { ranges: many }, { offset: 100 })).toMatchObject({
      total: 50_000,
      rows: { 0: { index: 200 } },
    });
  });

  test('by duration, attempts and status', () => {
    const duration = (index: number) => fateOf(index).endedAt - fateOf(index).startedAt;
    const longest = list('longest first', {}, { sort: 'duration', descending: true, offset: 500 });
    expect(longest.rows.map(row => (row.endedAt ?? 0) - (row.startedAt ?? 0))).toEqual(
      ALL.map(duration)
        .toSorted((a, b) => b - a)
        .slice(500, 600),
    );
    expect(
      list('most attempts first', {}, { sort: 'attempts', descending: true }).rows.every(
        ({ attempts }) => attempts === 2,
      ),
    ).toBe(true);
    expect(
      list('by status', {}, { sort: 'status', descending: true }).rows.every(({ status }) => status === 'failed'),
    ).toBe(true);
    const seen = new Set<number>();
    for (let offset = 0; offset < FAILED.length; offset += 1_000) {
      for (const index of indices(
        OPERATIONS.listBatches(access, {
          run,
          node: NODES.clean,
          where: { statuses: ['failed'] },
          sort: 'duration',
          offset,
          limit: 1_000,
        }),
      ))
        seen.add(index);
    }
    expect(seen.size).toBe(FAILED.length);
  });
});

describe('one batch', () => {
  test('is found by its place, with all its attempts and passes', () => {
    expect(ask('findBatch', 'findBatch', { run, node: NODES.clean, index: 50_000 })).toEqual({ scope: 50_001 });
    expect(ask('findBatch, none', 'findBatch', { run, node: NODES.clean, index: BATCHES })).toBeNull();
    expect(ask('getBatch', 'getBatch', { run, scope: 50_001 })).toMatchObject({
      batch: { index: 50_000, attempts: 2 },
      path: 'clean',
      attempt: 2,
      earlierAttempts: [{ attempt: 1, status: 'failed' }],
      inner: [],
      attempts: [
        { path: 'clean/tidy', status: 'succeeded', outputSize: 204, logLines: 1 },
        { path: 'clean/save', logLines: 0 },
      ],
    });
    expect(ask('getBatch, failed', 'getBatch', { run, scope: 4 })).toMatchObject({
      error: { step: 'clean/tidy', at: { line: 30 } },
      attempts: [{ status: 'failed', error: { name: 'TypeError' } }],
    });
    expect(ask('getItems', 'getItems', { run, scope: 4 }).json).toContain('xxx');
    expect(ask('getOutput', 'getOutput', { run, scope: 1, node: NODES.save, attempt: 1 }).json).toContain('yyy');
    expect(ask('getStep', 'getStep', { run, path: 'read' })).toMatchObject({
      attempts: [{ path: 'read', scope: 0, status: 'succeeded' }],
    });
  });

  test('that failed next, and before', () => {
    expect(ask('nextFailed', 'nextFailed', { run, node: NODES.clean, from: -1, direction: 'next' })).toEqual({
      index: 3,
      scope: 4,
    });
    expect(
      ask('nextFailed, previous', 'nextFailed', { run, node: NODES.clean, from: 90_003, direction: 'previous' }),
    ).toEqual({ index: 89_983, scope: 89_984 });
    expect(
      ask('nextFailed, no more', 'nextFailed', { run, node: NODES.clean, from: 99_983, direction: 'next' }),
    ).toBeNull();
  });
});

describe('a run as a whole', () => {
  test('with its statuses, a byte each', () => {
    const { maps, progress } = ask('runSnapshot (watchRun)', 'runSnapshot', run);
    expect(maps).toHaveLength(1);
    expect(
      Buffer.compare(
        maps[0]?.statuses ?? Buffer.alloc(0),
        Uint8Array.from(ALL, index => fateOf(index).status),
      ),
    ).toBe(0);
    expect(progress).toMatchObject({
      status: 'failed',
      items: { total: BATCHES * 10, failed: FAILED.length * 10 },
      nodes: [{ node: NODES.clean, path: 'clean', concurrency: 4, complete: true }],
    });
    expect(ask('stepCounts (after watchRun)', 'stepCounts', run)).toContainEqual({
      path: 'clean/tidy',
      running: 0,
      succeeded: BATCHES - FAILED.length,
      failed: FAILED.length,
      retrying: 0,
      retries: 0,
      waited: 0,
    });
    expect(ask('listRuns', 'listRuns', { limit: 100 }).map(item => item.run)).toEqual([small, run]);
    expect(
      ask('listRuns, filtered', 'listRuns', { limit: 100, statuses: ['failed'], workflow: 'films', before: small }),
    ).toHaveLength(1);
    expect(ask('getRun', 'runDetail', run)).toMatchObject({
      graph: {
        nodes: [{}, { body: { drawn: true, nodes: [{ path: 'clean/tidy', kind: 'step' }, { path: 'clean/save' }] } }],
      },
      live: false,
    });
  });

  test('with its problems', () => {
    const { causes } = ask('getProblems', 'getProblems', { run });
    expect(causes).toHaveLength(3);
    expect(causes.reduce((sum, { batches }) => sum + batches, 0)).toBe(FAILED.length);
    expect(causes[0]).toMatchObject({ path: 'clean', name: 'TypeError', first: { index: FAILED[0], parent: 0 } });
    const cause = { node: NODES.clean, fingerprint: causes[0]?.fingerprint ?? '' };
    const cells = FAILED.filter(index => causeOf(index) === cause.fingerprint);
    expect(ask('getCells', 'getCells', { run, node: NODES.clean, of: cause }).indices).toEqual(Uint32Array.from(cells));
    expect(
      ask('listBatches, of a cause', 'listBatches', {
        run,
        node: NODES.clean,
        where: { cause },
        sort: 'index',
        offset: 1_000,
        limit: 2,
      }),
    ).toMatchObject({ total: cells.length, rows: [{ index: cells[1_000] }, { index: cells[1_001] }] });
  });

  test('with what its map is coloured by', () => {
    const duration = ask('getOverlay, duration', 'getOverlay', { run, node: NODES.clean, by: 'duration' });
    expect(duration.by === 'duration' && [duration.values.length, duration.values[5], duration.max]).toEqual([
      BATCHES,
      45,
      109,
    ]);
    const attempt = ask('getOverlay, attempt', 'getOverlay', { run, node: NODES.clean, by: 'attempt' });
    expect(attempt.by === 'attempt' && [...attempt.indices.slice(0, 3), ...attempt.values.slice(0, 3)]).toEqual([
      0, 50, 100, 2, 2, 2,
    ]);
    const cause = ask('getOverlay, cause', 'getOverlay', { run, node: NODES.clean, by: 'cause' });
    expect(cause.by === 'cause' && [cause.causes, ...cause.values.slice(0, 25)]).toEqual([
      [causeOf(3), causeOf(23), causeOf(43)],
      ...ALL.slice(0, 25).map(index => (index === 3 ? 1 : index === 23 ? 2 : 0)),
    ]);
  });

  test('with what it was at every moment', () => {
    const { from, parts } = ask('getHistory', 'getHistory', { run });
    const clean = parts.find(({ path: of }) => of === 'clean');
    expect([from, clean?.starts[7], clean?.ends[7]]).toEqual([startedAt, 14, 73]);
  });

  test('with its timeline: bands while there is much to see, bars where there is little', () => {
    const { bands, bars, from, to } = ask('getTimeline, all of it', 'getTimeline', { run, columns: 400 });
    expect(bars).toEqual([]);
    const clean = bands.find(({ path }) => path === 'clean');
    const total = (values = new Float32Array(0)) => (values.reduce((sum, value) => sum + value, 0) * (to - from)) / 400;
    const time = (batches: readonly number[]) =>
      batches.reduce((sum, index) => sum + fateOf(index).endedAt - fateOf(index).startedAt, 0);
    // Earlier passes took five milliseconds each, before they were tried again; the very first of them before the run's
    // first moment.
    const earlier = 5 * (BATCHES / 50 - 1);
    expect(total(clean?.running) / (time(ALL) + earlier)).toBeCloseTo(1, 3);
    expect(total(clean?.failed) / (time(FAILED) + earlier)).toBeCloseTo(1, 3);
    const part = ask('getTimeline, a second of it', 'getTimeline', {
      run,
      columns: 400,
      from: startedAt + 100_000,
      to: startedAt + 101_000,
    });
    expect(part.bands).toEqual([]);
    const inPart = ALL.filter(index => fateOf(index).startedAt <= 101_000 && fateOf(index).endedAt >= 100_000);
    expect(
      new Set(
        part.bars.filter(({ attempt, index }) => attempt === fateOf(index ?? 0).attempt).map(({ index }) => index),
      ),
    ).toEqual(new Set(inPart));
    for (const [at, bar] of part.bars.entries()) {
      expect(bar.lane).toBeLessThan(part.lanes);
      for (const other of part.bars.slice(at + 1))
        expect(other.lane !== bar.lane || other.from >= bar.to || bar.from >= other.to).toBe(true);
    }
  });

  test('with its log and its state', () => {
    const page = ask('getLogs', 'getLogs', { run, after: 0, limit: 500 });
    expect(page).toMatchObject({
      more: true,
      lines: { length: 500, 7: { text: 'tidying 7', path: 'clean/tidy', index: 7, attempt: 1 } },
    });
    expect(ask('getLogs, further on', 'getLogs', { run, after: 90_000, limit: 500 }).lines[0]).toMatchObject({
      text: 'tidying 90000',
    });
    expect(ask('getLogs, of a batch', 'getLogs', { run, scope: 8, after: 0, limit: 500 })).toMatchObject({
      more: false,
      lines: [{ text: 'tidying 7' }],
    });
    const newest = ask('getLogs, the newest', 'getLogs', { run, limit: 500 });
    expect(newest).toMatchObject({ more: true, lines: { length: 500, 499: { text: `tidying ${BATCHES - 1}` } } });
    const before = ask('getLogs, those before', 'getLogs', { run, before: newest.lines[0]?.id, limit: 1 });
    expect(before).toMatchObject({ more: true, lines: [{ text: `tidying ${BATCHES - 501}` }] });
    expect(ask('getLogs, all before', 'getLogs', { run, before: page.lines[2]?.id, limit: 500 })).toMatchObject({
      more: false,
      lines: [{ text: 'tidying 0' }, { text: 'tidying 1' }],
    });
    expect(
      ask('getLogs, of an attempt', 'getLogs', { run, scope: 8, node: NODES.save, attempt: 1, after: 0, limit: 500 }),
    ).toEqual({ more: false, lines: [] });
    expect(ask('getState', 'getState', { run })).toMatchObject({
      total: 1,
      entries: [{ key: 'films', value: { json: '1' } }],
    });
    const [latest, ...others] = ask('getStateHistory', 'getStateHistory', { run, key: 'films', limit: 100 });
    expect(latest).toMatchObject({ op: 'incr', delta: 1, value: '1', path: 'clean/save', index: BATCHES - 1 });
    expect(others).toHaveLength(99);
    expect(ask('getStateHistory, no such key', 'getStateHistory', { run, key: 'none', limit: 100 })).toEqual([]);
  });

  test('with what a re-run of its failures would touch', () => {
    const report = ask('plan (planRerun)', 'plan', { run, request: { batches: 'failed' }, now: undefined });
    expect(report.nodes).toMatchObject([{ path: 'clean', batches: FAILED.length }]);
    expect(
      ask('listBatches, as before', 'listBatches', {
        run,
        node: NODES.clean,
        where: { statuses: ['failed'] },
        sort: 'index',
        offset: 0,
        limit: 1,
      }).total,
    ).toBe(FAILED.length);
  });

  test('as others see it change', () => {
    expect(ask('changes, when nothing was written', 'changes', [])).toMatchObject({ items: [], live: [] });
  });
});

describe('a big run', () => {
  test('takes no longer for each batch than a small one', () => {
    const timeOf = (of: number) => {
      const from = performance.now();
      const batches = planRerun(db, of, { batches: 'failed' }).nodes[0]?.batches ?? 0;
      return (performance.now() - from) / batches;
    };
    timeOf(small);
    // With the plans SQLite makes of no statistics it was fifty times as long: see migrations.ts.
    expect(timeOf(run)).toBeLessThan(10 * timeOf(small));
  });

  test('is read by statements that give one shape of rows each, whoever else asks with the same words', () => {
    const [sql, row] = ['select 5 as five', { five: 5 }];
    expect(prepared<[]>(db, sql).get()).toEqual(row);
    expect([preparedColumn<[], number>(db, sql).get(), preparedRaw<[], number[]>(db, sql).get()]).toEqual([5, [5]]);
    expect(prepared<[]>(db, sql).get()).toEqual(row);
  });

  test('is read by the indices that are there for it', () => {
    const plan = (sql: string) =>
      db
        .prepare<[], { detail: string }>(`explain query plan ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('select scope from batches where run = 1 and parent = 5 and status <> 6')).toContain(
      'batches_by_place (run=? AND parent=?)',
    );
    expect(
      plan('select scope from batches where run = 1 and parent = 0 and node = 1 and idx between 5 and 9'),
    ).toContain('batches_by_place (run=? AND parent=? AND node=? AND idx>? AND idx<?)');
    expect(
      plan(
        'select idx from batches where run = 1 and node = 1 and parent = 0 and status = 3 and idx > 5 order by idx limit 1',
      ),
    ).toMatch(/failed_batches \(run=\? AND node=\? AND parent=\? AND idx>\?\)$/);
    expect(plan('select id from logs indexed by logs_by_run where run = 1 and id > 5 order by id limit 10')).toMatch(
      /logs_by_run \(run=\? AND rowid>\?\)$/,
    );
    expect(plan('select 1 from steps where run = 1 and scope = 0 and node = 4')).toContain(
      'PRIMARY KEY (run=? AND scope=? AND node=?)',
    );
  });

  test("keeps the host's own thread free", async () => {
    const store = new Store(access.file, folder);
    try {
      await store.do('runItem', run);
      const before = performance.eventLoopUtilization();
      const from = performance.now();
      const ask = () =>
        Array.from({ length: 8 }, (_, offset) =>
          store.do('listBatches', { run, node: NODES.clean, where: {}, sort: 'duration', offset, limit: 10 }),
        );
      const [questions, again] = [ask(), ask()];
      let quick = 0;
      const quickly = store.do('getLogs', { run, after: 0, limit: 10 }).then(() => {
        quick = performance.now() - from;
      });
      const [answers, answersAgain] = [await Promise.all(questions), await Promise.all(again)];
      // Asked for once more before their turn had come, they were answered together; the first was under way already.
      expect(answersAgain.map((answer, at) => answer === answers[at])).toEqual([
        false,
        ...Array.from({ length: 7 }, () => true),
      ]);
      await quickly;
      const whole = performance.now() - from;
      const { active } = performance.eventLoopUtilization(before);
      timings.push({
        what: "nine sorts, of which in the host's thread",
        ms: active,
        lane: `of ${whole.toFixed(0)} ms`,
      });
      expect(active).toBeLessThan(whole / 2);
      expect(quick).toBeLessThan(whole);
    } finally {
      await store.close();
    }
    await expect(store.do('runItem', run)).rejects.toThrow('closed');
  });
});
