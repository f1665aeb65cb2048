import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Runner, RunnerEvents } from '../../engine/runner/parent.ts';
import type { FromRunner, RunnerTask } from '../../engine/runner/protocol.ts';
import type { Problem } from '../../host/api/api.ts';
import { shownQueue, type OfferedQueue } from '../../host/runs/run-queue.ts';
import { RunStarter } from '../../host/runs/run-starter.ts';
import { Store } from '../../host/store/store.ts';
import { temporaryFolder } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/* Starting the processes of runs: with processes whose words and end the test decides. */

interface Started {
  readonly task: RunnerTask;
  readonly events: RunnerEvents;
  readonly told: string[];
}

const RUN: FromRunner = {
  type: 'started',
  run: 7,
  uid: 'uid',
  owner: 'owner',
  demo: false,
  graph: { id: 'films', name: 'Films', triggers: [], nodes: [] },
  file: '/shop/films.ts',
};

function opened({
  refusal,
  linkedTo,
  below = '.',
  queue,
}: { refusal?: Problem; linkedTo?: string; below?: string; queue?: OfferedQueue } = {}) {
  const folder = realpathSync(temporaryFolder());
  const cronflow = path.join(folder, '.cronflow');
  if (linkedTo === undefined) mkdirSync(cronflow);
  else symlinkSync(linkedTo, cronflow);
  const store = new Store(path.join(cronflow, 'runs.db'), path.join(folder, below), inThisThread);
  onTestFinished(() => store.close());
  const runners: Started[] = [];
  const heard: string[] = [];
  const starter = new RunStarter({
    store,
    queue: () => queue,
    guard: {
      refusal: () => refusal,
      startRunner: (task, events): Runner => {
        const told: string[] = [];
        runners.push({ task, events, told });
        return {
          pid: 1,
          stop: (as, reason) => told.push(`${as}: ${reason}`),
          setConcurrency: () => undefined,
          ask: () => undefined,
          kill: () => told.push('kill'),
        };
      },
    },
    ownRuns: {
      begin: (_process, { run }) => {
        heard.push(`run ${run}`);
        return { onMessage: ({ type }) => heard.push(type), onOutput: text => heard.push(text) };
      },
    },
  });
  const start = () =>
    starter.start({ kind: 'start', file: '/shop/films.ts', workflow: undefined, payload: '[{}]', store: store.file });
  return { starter, start, runners, heard };
}

function exit(runner: Started | undefined): void {
  runner?.events.onExit({ code: 0, signal: null, stderr: '' });
}

test('a run has started with the word of its process; from then on it is one of this host’s', async () => {
  const { starter, start, runners, heard } = opened();
  const starting = start();
  expect(runners.map(({ task }) => task.kind)).toEqual(['start']);
  expect(starter.isStarting).toBe(true);
  const events = runners[0]?.events;
  // What the file writes while it loads belongs to no run yet.
  events?.onOutput?.('loading', 'stdout');
  events?.onMessage(RUN);
  expect(await starting).toMatchObject({ ok: true, started: { run: 7 } });
  expect(starter.isStarting).toBe(false);
  events?.onOutput?.('working', 'stdout');
  events?.onMessage({ type: 'batches', changes: [] });
  exit(runners[0]);
  expect(heard).toEqual(['run 7', 'started', 'working', 'batches']);
});

test('a run of a folder whose project has its store further up is started', () => {
  const { start, runners } = opened({ below: 'flows' });
  void start();
  expect(runners).toHaveLength(1);
});

test('a process that refuses starts no run, and says why', async () => {
  const { starter, start, runners, heard } = opened();
  const starting = start();
  const problem = { name: 'ImportError', message: 'films.ts has a mistake' };
  runners[0]?.events.onMessage({ type: 'refused', problem });
  exit(runners[0]);
  expect(await starting).toMatchObject({ ok: false, problem });
  expect([starter.isStarting, heard]).toEqual([false, []]);
});

test('in a folder that is not trusted no process is started', async () => {
  const refusal = { name: 'NotTrustedError', message: 'The folder is not trusted.' };
  const { start, runners } = opened({ refusal });
  expect(await start()).toEqual({ ok: false, problem: refusal });
  expect(runners).toEqual([]);
});

test('for a store that lies outside of the folder no process is started: it would write there', async () => {
  const { start, runners } = opened({ linkedTo: realpathSync(temporaryFolder()) });
  expect(await start()).toMatchObject({ ok: false, problem: { name: 'StoreError' } });
  expect(runners).toEqual([]);
});

test('closing stops what has not started yet, waits for its end, and starts nothing more', async () => {
  const { starter, start, runners, heard } = opened();
  const starting = start();
  let isClosed = false;
  const closing = starter.close('the window is closed').then(() => {
    isClosed = true;
  });
  expect(runners[0]?.told).toEqual(['interrupted: the window is closed']);
  expect(isClosed).toBe(false);
  exit(runners[0]);
  await closing;
  expect(await starting).toMatchObject({ ok: false, stop: 'interrupted' });
  expect(await start()).toEqual({
    ok: false,
    problem: { name: 'ClosedError', message: 'The workspace has been closed.' },
  });
  expect([runners.length, heard]).toEqual([1, []]);
});

const NAMED = {
  address: { kind: 'redis', host: 'queue', port: 6379, user: undefined, password: 'p', tls: 'none', database: 0 },
  from: '/shop/cronflow.json',
} as const;
const SETTINGS = { ...NAMED, ca: undefined, secret: 'a secret of this test' };
const START = { kind: 'start', file: '/shop/films.ts', workflow: 'films', store: 'x', payload: '{}' } as const;

test.each([
  { from: 'that the Studio was started with', isDefault: true },
  { from: 'that only the folder names', isDefault: false },
])('a run goes to a queue $from when a person says so, and otherwise: $isDefault', ({ isDefault }) => {
  const { starter, runners } = opened({ queue: { named: NAMED, settings: SETTINGS, isDefault } });
  for (const onQueue of [undefined, true, false]) void starter.start(START, onQueue);
  const given = runners.map(({ task }) => 'queue' in task && task.queue === SETTINGS);
  expect(given).toEqual([isDefault, true, false]);
  void starter.start({ kind: 'demo', file: '/shop/films.ts', workflow: 'films', store: 'x' });
  expect(runners.at(-1)?.task).not.toHaveProperty('queue');
});

test('a run that a person gives to a queue that is not there, or cannot be used, does not start, and it is said why', async () => {
  const without = opened();
  expect(await without.starter.start(START, true)).toMatchObject({
    ok: false,
    problem: { message: expect.stringContaining('Write its address into cronflow.json') as string },
  });
  const problem = { name: 'QueueError', message: 'It needs a secret.' };
  const unusable = opened({ queue: { named: NAMED, problem, isDefault: false } });
  expect(await unusable.starter.start(START, true)).toEqual({ ok: false, problem });
  expect([...without.runners, ...unusable.runners]).toEqual([]);
  void unusable.starter.start(START);
  expect(unusable.runners[0]?.task).not.toHaveProperty('queue');
});

test('pages are told where a queue is and what names it, and nothing that it takes to use it', () => {
  expect(shownQueue({ named: NAMED, settings: SETTINGS, isDefault: true })).toEqual({
    address: 'redis://queue:6379',
    leastBatchMs: 20,
    isDefault: true,
  });
});
