import { beforeAll, expect, test } from 'vitest';
import type { Problem, RunStatus, StudioApi } from '../../host/api/api.ts';
import { isBalanced } from '../support/balance.ts';
import { Shop, type Job } from './shop.ts';
import { ITEMS } from './work.ts';

/*
 * Every operation on a run in every status: it is carried out, or refused with a reason and what can be done instead.
 * Either way the run comes to the status named here, hangs nowhere, and does nothing twice that it was not asked to.
 */

type Outcome = { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly problem: Problem };
type Operation = (api: StudioApi, run: number) => Promise<Outcome>;

const OPERATIONS = {
  pause: (api, run) => api.stopRun({ run, as: 'paused' }),
  cancel: (api, run) => api.stopRun({ run, as: 'cancelled' }),
  resume: (api, run) => api.resumeRun({ run }),
  'plan a re-run': (api, run) => api.planRerun({ run, request: { node: 'each', select: 'all' } }),
  're-run failed': (api, run) => api.rerun({ run, request: { select: 'failed' } }),
  're-run selected': (api, run) => api.rerun({ run, request: { node: 'each', select: { ranges: [[0, 0]] } } }),
  're-run from start': (api, run) => api.rerun({ run, request: { node: 'each', select: 'all', fromStart: true } }),
  'change concurrency': (api, run) => api.setConcurrency({ run, node: 'each', concurrency: 3 }),
} as const satisfies Record<string, Operation>;
type OperationName = keyof typeof OPERATIONS;

interface Cell {
  /** What it is refused with; absent where it is carried out. */
  readonly refused?: RegExp;
  /** What it gives. */
  readonly gives?: object;
  /** The status the run then comes to, when nothing holds or breaks it any more. */
  readonly to: RunStatus;
  /** The items done a second time, because that was asked for. */
  readonly again?: readonly number[];
  /** What is done in the end, each once. @default all */
  readonly done?: readonly number[];
  /** It costs one process or two and is much like another cell: tried where MATRIX=all asks for it. */
  readonly dear?: true;
}

const carriedOut = (to: RunStatus, more: Omit<Cell, 'to' | 'refused'> = {}): Cell => ({ to, ...more });
const refused = (why: RegExp, to: RunStatus, more: Omit<Cell, 'to' | 'refused'> = {}): Cell => ({
  refused: why,
  to,
  ...more,
});
const QUEUED = { gives: { queued: true } };
const AT_ONCE = { gives: { queued: false } };

const NOT_GOING_ON = /^Run \d+ is (completed|failed|cancelled): .*\. To continue, use Re-run\.$/;
const RESTS = /^Run \d+ is (paused|interrupted): .*\. To continue, resume or cancel it\.$/;
const NOTHING_TO_CANCEL =
  /^Run \d+ (has completed|has failed|is cancelled) already: there is nothing to cancel\. Re-run/;
const GOING_ON = /^Run \d+ is running: there is nothing to resume\. To stop it, pause or cancel it/;
const NOTHING_FAILED = /has no failed batches: there is nothing to re-run\. Choose others/;
const BY_ANOTHER = /^Another process is running run \d+: its concurrency cannot be changed from here\. Change it there/;

/** How a run comes to a status, and what each operation then comes to. */
interface Row {
  readonly prepare: (shop: Shop) => Promise<Job>;
  readonly cells: Readonly<Partial<Record<OperationName, Cell>>>;
}

const FIRST = [0, 1];
const STOPS: ReadonlySet<OperationName> = new Set(['pause', 'cancel']);

const TABLE: Readonly<Record<string, Row>> = {
  completed: {
    prepare: shop => shop.ended(shop.name()),
    cells: {
      pause: refused(NOT_GOING_ON, 'completed'),
      cancel: refused(NOTHING_TO_CANCEL, 'completed'),
      resume: refused(/has completed: there is nothing to resume\. To run its batches again/, 'completed'),
      'plan a re-run': carriedOut('completed', { gives: { nodes: [{ path: 'each', batches: 4 }] } }),
      're-run failed': refused(NOTHING_FAILED, 'completed'),
      're-run selected': carriedOut('completed', { ...AT_ONCE, again: [0], dear: true }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: ITEMS }),
      'change concurrency': refused(NOT_GOING_ON, 'completed'),
    },
  },
  failed: {
    prepare: shop => shop.ended(shop.name('fails')),
    cells: {
      pause: refused(NOT_GOING_ON, 'failed', { done: [0, 2, 3] }),
      cancel: refused(NOTHING_TO_CANCEL, 'failed', { done: [0, 2, 3] }),
      resume: refused(/has failed and was not interrupted: there is nothing to resume\. To try/, 'failed', {
        done: [0, 2, 3],
      }),
      'plan a re-run': carriedOut('failed', { gives: { nodes: [{ path: 'each', batches: 4 }] }, done: [0, 2, 3] }),
      're-run failed': carriedOut('completed', AT_ONCE),
      're-run selected': carriedOut('failed', { ...AT_ONCE, again: [0], done: [0, 2, 3] }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: [0, 2, 3], dear: true }),
      'change concurrency': refused(NOT_GOING_ON, 'failed', { done: [0, 2, 3] }),
    },
  },
  cancelled: {
    prepare: shop => shop.ended(shop.name('hold'), 'cancelled'),
    cells: {
      pause: refused(NOT_GOING_ON, 'cancelled', { done: FIRST }),
      cancel: refused(NOTHING_TO_CANCEL, 'cancelled', { done: FIRST }),
      resume: refused(/was cancelled: there is nothing to resume\. To continue it/, 'cancelled', { done: FIRST }),
      'plan a re-run': carriedOut('cancelled', { done: FIRST }),
      're-run failed': carriedOut('completed', AT_ONCE),
      // What was cancelled and is not selected stays so, and with it what comes after.
      're-run selected': carriedOut('failed', { ...AT_ONCE, again: [0], done: FIRST, dear: true }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: FIRST, dear: true }),
      'change concurrency': refused(NOT_GOING_ON, 'cancelled', { done: FIRST }),
    },
  },
  paused: {
    prepare: shop => shop.ended(shop.name('hold'), 'paused'),
    cells: {
      pause: refused(RESTS, 'paused', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      resume: carriedOut('completed'),
      'plan a re-run': carriedOut('paused', { done: FIRST }),
      're-run failed': refused(NOTHING_FAILED, 'paused', { done: FIRST, dear: true }),
      're-run selected': carriedOut('completed', { ...AT_ONCE, again: [0] }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: FIRST, dear: true }),
      'change concurrency': refused(RESTS, 'paused', { done: FIRST }),
    },
  },
  interrupted: {
    prepare: shop => shop.ended(shop.name('hold'), 'interrupted'),
    cells: {
      pause: refused(RESTS, 'interrupted', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      resume: carriedOut('completed', { dear: true }),
      'plan a re-run': carriedOut('interrupted', { done: FIRST }),
      're-run failed': refused(NOTHING_FAILED, 'interrupted', { done: FIRST, dear: true }),
      're-run selected': carriedOut('completed', { ...AT_ONCE, again: [0], dear: true }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: FIRST }),
      'change concurrency': refused(RESTS, 'interrupted', { done: FIRST }),
    },
  },
  'left by a process that died': {
    prepare: shop => shop.died(shop.name('hold')),
    cells: {
      pause: refused(RESTS, 'interrupted', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      resume: carriedOut('completed'),
      'plan a re-run': carriedOut('interrupted', { done: FIRST }),
      're-run from start': carriedOut('completed', { ...AT_ONCE, again: FIRST, dear: true }),
      'change concurrency': refused(RESTS, 'interrupted', { done: FIRST }),
    },
  },
  'running elsewhere': {
    prepare: shop => shop.elsewhere(shop.name('hold')),
    cells: {
      pause: carriedOut('paused', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      resume: refused(GOING_ON, 'completed'),
      'plan a re-run': carriedOut('completed'),
      're-run failed': carriedOut('completed', QUEUED),
      're-run selected': carriedOut('completed', { ...QUEUED, again: [0], dear: true }),
      're-run from start': carriedOut('completed', { ...QUEUED, again: ITEMS, dear: true }),
      'change concurrency': refused(BY_ANOTHER, 'completed'),
    },
  },
  'running here': {
    prepare: shop => shop.here(shop.name('hold')),
    cells: {
      pause: carriedOut('paused', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      're-run failed': carriedOut('completed', QUEUED),
      're-run selected': carriedOut('completed', { ...QUEUED, again: [0], dear: true }),
    },
  },
  'pausing here': {
    prepare: shop => shop.stopping(shop.name('hold', 'deaf'), 'paused'),
    cells: {
      // The step that did not hear of it has come to its end.
      pause: carriedOut('paused', { done: [0, 1, 2] }),
      're-run selected': carriedOut('completed', { ...QUEUED, again: [0], dear: true }),
    },
  },
  'being cancelled here': {
    prepare: shop => shop.stopping(shop.name('hold', 'deaf'), 'cancelled'),
    cells: {
      pause: refused(/is being cancelled, so it cannot be paused\. When it has stopped/, 'cancelled', {
        done: [0, 1, 2],
      }),
    },
  },
  'waiting for a re-run': {
    prepare: async shop => {
      const job = await shop.elsewhere(shop.name('hold'));
      expect(
        await shop.studio.api.rerun({ run: job.run, request: { node: 'each', select: { ranges: [[3, 3]] } } }),
      ).toEqual({ ok: true, value: { queued: true } });
      expect(await shop.item(job)).toMatchObject({ status: 'running', queued: [{ node: 'each' }] });
      return job;
    },
    cells: {
      pause: carriedOut('paused', { done: FIRST }),
      cancel: carriedOut('cancelled', { done: FIRST }),
      resume: refused(GOING_ON, 'completed', { again: [3] }),
      're-run selected': carriedOut('completed', { ...QUEUED, again: [0, 3], dear: true }),
    },
  },
};

let shop: Shop;
beforeAll(async () => {
  const closers: (() => Promise<void>)[] = [];
  shop = await Shop.open({}, close => closers.push(close));
  return async () => {
    for (const close of closers.toReversed()) await close();
  };
});

test.concurrent.each(Object.entries(TABLE))(
  'a run that is %s is carried on with as the table says',
  async (_status, { prepare, cells }) => {
    for (const name of Object.keys(cells) as OperationName[]) {
      const cell = cells[name];
      if (!cell || (cell.dear && process.env.MATRIX !== 'all')) continue;
      const job = await prepare(shop);
      // Mended before it is run again: a runner may be at the broken item at once.
      if (name !== 're-run selected') shop.unmark(job, 'fails');
      const outcome = await (OPERATIONS[name] as Operation)(shop.studio.api, job.run);
      if (cell.refused)
        expect(outcome, name).toMatchObject({
          ok: false,
          problem: { message: expect.stringMatching(cell.refused) as unknown },
        });
      else expect(outcome, name).toMatchObject({ ok: true, ...(cell.gives && { value: cell.gives }) });
      // One that is to stop hears of it while it is held.
      if (cell.refused || !STOPS.has(name) || shop.isMarked(job, 'deaf')) shop.unmark(job, 'hold');
      await expectOutcome(job, name, cell);
    }
  },
);

async function expectOutcome(job: Job, name: OperationName, { to, again = [], done = ITEMS }: Cell): Promise<void> {
  const expected = [...done, ...again].toSorted();
  const doneNow = () =>
    shop
      .done(job)
      .filter(entry => entry !== 'end')
      .toSorted();
  let item = await shop.item(job);
  await shop.studio
    .until(
      `${name}: run ${job.run} is ${to}`,
      async () => {
        item = await shop.item(job);
        // One that was refused stays, with its reason: of a re-run of what failed, nothing may have.
        const hasWaiting = item.queued?.some(({ refused: why }) => !why) === true;
        return item.status === to && !hasWaiting && doneNow().length >= expected.length;
      },
      30_000,
    )
    .catch((error: unknown) => {
      throw new Error(`${String(error)}; it is ${JSON.stringify(item)}, and has done ${doneNow().join()}`);
    });
  expect(doneNow(), name).toEqual(expected);
  expect(isBalanced({ path: '', complete: true, items: item.items, batches: item.batches }), name).toBe(true);
}
