import { expect, test } from 'vitest';
import { staysOnQueue } from '../../common/run-workers.ts';
import { beginSession } from '../../engine/store/runs.ts';
import type { Beginning, RunTask } from '../../engine/runner/supervisor.ts';
import type { OfferedQueue } from '../../host/runs/run-queue.ts';
import type { RunStarter } from '../../host/runs/run-starter.ts';
import { engineRequest } from '../../host/runs/engine-request.ts';
import { TakeUp } from '../../host/runs/take-up.ts';
import { openedStore, quietOwnRuns } from './opened-store.ts';

/* Which runs are taken up, and where their files are: with a real store, and a starter whose outcome the test decides. */

function opened(status: string, fileOfWorkflow: string | undefined = undefined, queue?: OfferedQueue) {
  const host = openedStore();
  const { db, store, run } = host;
  db.prepare('update runs set status = ? where id = ?').run(status, run);
  const tasks: RunTask[] = [];
  const onQueues: (boolean | undefined)[] = [];
  const outcome = Promise.withResolvers<Beginning>();
  const starting = Promise.withResolvers<void>();
  const starter: Pick<RunStarter, 'start'> = {
    start: (task, onQueue) => {
      tasks.push(task);
      onQueues.push(onQueue);
      starting.resolve();
      return outcome.promise;
    },
  };
  const ownRuns = quietOwnRuns(host);
  const takeUp = new TakeUp({
    store,
    starter,
    ownRuns,
    fileOfWorkflow: () => fileOfWorkflow,
    queue: () => queue,
    engineRequest: (_, request) => Promise.resolve(engineRequest(request)),
  });
  return { db, store, takeUp, run, tasks, onQueues, outcome, starting: starting.promise };
}

test.each([
  ['completed', 'has completed: there is nothing to resume. To run its batches again, use Re-run.'],
  ['cancelled', 'was cancelled: there is nothing to resume. To continue it, use Re-run.'],
  [
    'failed',
    'has failed and was not interrupted: there is nothing to resume. To try the failed batches again, use Re-run.',
  ],
])(
  'a run that has %s is not resumed: no process is started, and the problem says what to do',
  async (status, words) => {
    const { takeUp, run, tasks } = opened(status);
    expect(await takeUp.resume(run)).toMatchObject({ ok: false, problem: { message: `Run ${run} ${words}` } });
    expect(tasks).toEqual([]);
  },
);

test('a second resume while the first is starting is refused, and the first gets its outcome', async () => {
  const { takeUp, run, tasks, outcome, starting } = opened('interrupted');
  const first = takeUp.resume(run);
  await starting;
  expect(takeUp.isBeginning(run)).toBe(true);
  expect(await takeUp.resume(run)).toMatchObject({
    ok: false,
    problem: { message: `Run ${run} is already being started. Wait until it is running.` },
  });
  outcome.resolve({ ok: false, problem: { name: 'ImportError', message: 'films.ts has a mistake' } });
  expect(await first).toMatchObject({ ok: false, problem: { message: 'films.ts has a mistake' } });
  expect(takeUp.isBeginning(run)).toBe(false);
  expect(tasks).toMatchObject([{ kind: 'resume', run }]);
});

test('a run whose file has moved is taken up with the one file that defines its workflow now', async () => {
  const { takeUp, run, tasks, outcome } = opened('paused', '/elsewhere/films.ts');
  outcome.resolve({ ok: false, problem: { name: 'Error', message: 'not here' } });
  await takeUp.resume(run);
  await takeUp.rerun(run, { select: 'failed' });
  expect(tasks).toMatchObject([
    { kind: 'resume', file: '/elsewhere/films.ts' },
    { kind: 'rerun', file: '/elsewhere/films.ts' },
  ]);
});

const ADDRESS = {
  kind: 'redis',
  host: 'queue',
  port: 6379,
  user: undefined,
  password: undefined,
  tls: 'none',
  database: 0,
} as const;
const NAMED = { address: ADDRESS, from: '/shop/cronflow.json' };
const USABLE: OfferedQueue = {
  named: NAMED,
  isDefault: false,
  settings: { ...NAMED, ca: undefined, secret: 'a secret of this test' },
};
const UNUSABLE: OfferedQueue = {
  named: NAMED,
  isDefault: false,
  problem: { name: 'QueueError', message: 'No secret' },
};

test.each([
  { what: 'was on the queue, also before it has executed a batch', was: true, queue: USABLE, goes: true },
  { what: 'was on this machine', was: false, queue: USABLE, goes: false },
  { what: 'was on a queue that is not there any more', was: true, queue: undefined, goes: false },
  { what: 'was on a queue that cannot be used here', was: true, queue: UNUSABLE, goes: false },
])('a run that $what is taken up there, if it can be, and by one rule', async ({ was, queue, goes }) => {
  const { db, store, takeUp, run, onQueues, outcome } = opened('paused', undefined, queue);
  outcome.resolve({ ok: false, problem: { name: 'Error', message: 'not here' } });
  beginSession(db, run, { kind: 'resume', code: { hash: 'x', sources: [] }, onQueue: was, now: 1 });
  await takeUp.resume(run);
  await takeUp.rerun(run, { select: 'failed' });
  expect(onQueues).toEqual([goes, goes]);
  // What the dialog of a re-run begins with.
  expect(staysOnQueue((await store.do('runDetail', run)).onQueue, queue)).toBe(goes);
  await takeUp.rerun(run, { select: 'failed', onQueue: !goes });
  expect(onQueues.at(-1)).toBe(!goes);
});
