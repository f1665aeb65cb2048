import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Progress, RunItem, StudioApi, StudioEvents, Workspace } from '../../host/api/api.ts';
import { PROTOCOL } from '../../host/api/protocol.ts';
import type { Selection } from '../../renderer/model/selection.ts';
import type { RunModel } from '../../renderer/model/run-model.ts';

/*
 * The page's side of the conversation, with a host that answers when the test says so: answers and events cross, and what
 * was true later is what counts.
 */

/** Named by values, not by types: what they import is made for a browser, and is checked with the page. */
const [SESSION, STUDIO, CLIENT, ACTIONS]: readonly string[] = ['session', 'studio', 'client', 'actions'].map(name =>
  fileURLToPath(new URL(`../../renderer/${name === 'client' ? 'client' : 'stores'}/${name}.ts`, import.meta.url)),
);

interface Session {
  readonly events: StudioEvents;
  readonly state: () => {
    readonly workspace?: Workspace | undefined;
    readonly runs: readonly RunItem[];
    readonly runId?: number | undefined;
    readonly dialog?: { readonly kind: string } | undefined;
    readonly workflow?: { readonly workflow: string } | undefined;
    readonly model?: RunModel | undefined;
    readonly problems?: unknown;
    readonly selection?: Selection | undefined;
  };
  select(selection: Selection): void;
  /** The methods that wait for an answer. */
  waiting(): string[];
  /** Answers the oldest call of the method that waits. */
  answer(method: string, value: unknown): Promise<void>;
}

const NONE = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, setAside: 0 };
const PROGRESS: Progress = {
  status: 'running',
  items: NONE,
  batches: NONE,
  failedBatches: 0,
  nodes: [],
  steps: [],
  rate: 0,
  startedAt: 0,
  activeMs: 0,
};

const HELLO = { protocol: PROTOCOL, version: '0', shell: 'browser', platform: 'linux' };

let session: Session;
beforeEach(async () => {
  session = await begin();
});

describe('taking up the conversation', () => {
  test('files that are found while the runs are still being listed stay found', async () => {
    await session.answer('getWorkspace', workspace('/a', [], true));
    session.events.onWorkspace(workspace('/a', ['one.ts']));
    await session.answer('listRuns', []);
    expect(session.state().workspace).toEqual(workspace('/a', ['one.ts']));
    expect(session.state().workflow).toMatchObject({ workflow: 'one.ts' });
  });

  test('a run that ends while the list is on its way has ended', async () => {
    await session.answer('getWorkspace', workspace('/a', ['one.ts']));
    session.events.onRun(run(2, 'completed'));
    session.events.onRun(run(3, 'running'));
    await session.answer('listRuns', [run(2, 'running'), run(1, 'failed')]);
    expect(session.state().runs.map(item => [item.run, item.status])).toEqual([
      [3, 'running'],
      [2, 'completed'],
      [1, 'failed'],
    ]);
    expect(session.state().runId).toBe(3);
  });

  test('what is told of the workspace before the host has answered opens no workflow in place of the latest run', async () => {
    session = await begin(false);
    session.events.onWorkspace(workspace('/a', ['one.ts']));
    expect(session.state().workflow).toBeUndefined();
    await session.answer('hello', HELLO);
    await session.answer('getWorkspace', workspace('/a', ['one.ts']));
    await session.answer('listRuns', [run(7, 'interrupted')]);
    expect(session.state().runId).toBe(7);
  });

  test('a workflow that is found after all that is opened, unless something is open by then', async () => {
    await session.answer('listRuns', []);
    await session.answer('getWorkspace', workspace('/a', [], true));
    expect(session.state().workflow).toBeUndefined();
    session.events.onWorkspace(workspace('/a', ['one.ts']));
    session.events.onWorkspace(workspace('/a', ['a.ts', 'one.ts']));
    expect(session.state().workflow).toMatchObject({ workflow: 'one.ts' });
  });
});

test('another folder brings its own runs, and leaves nothing of the one before', async () => {
  await session.answer('getWorkspace', workspace('/a', ['one.ts']));
  await session.answer('listRuns', [run(7, 'failed')]);
  expect(session.state().runId).toBe(7);
  session.events.onWorkspace(workspace('/b', ['two.ts']));
  expect(session.state()).toMatchObject({ runs: [], runId: undefined });
  await session.answer('getWorkspace', workspace('/b', ['two.ts']));
  await session.answer('listRuns', []);
  expect(session.state()).toMatchObject({ runs: [], runId: undefined, workflow: { workflow: 'two.ts' } });
});

describe('a run that is followed', () => {
  const NODE = 4;
  const snapshot = (seq: number, ...statuses: number[]) => ({
    run: 7,
    seq,
    progress: PROGRESS,
    maps: [{ node: NODE, path: 'each', statuses: Uint8Array.from(statuses) }],
  });
  const tell = (seq: number, index: number, status: number) =>
    session.events.onDelta({
      run: 7,
      seq,
      maps: [{ node: NODE, path: 'each', ranges: Uint32Array.of(index, 1), statuses: Uint8Array.of(status) }],
    });
  const statuses = () => {
    const map = session.state().model?.maps.get(NODE);
    return map && [...map.statuses.subarray(0, map.length)];
  };

  beforeEach(async () => {
    await session.answer('getWorkspace', workspace('/a', ['one.ts']));
    await session.answer('listRuns', [run(7, 'running')]);
    await session.answer('getDebugging', {});
    await session.answer('getInterrupted', { runs: [], resumesByItself: false });
    await session.answer('getPinnedRuns', { runs: [] });
    await session.answer('getHistories', { workflows: [] });
  });

  test('is followed from its snapshot on, though the rest of it comes later', async () => {
    await session.answer('watchRun', snapshot(3, 1, 0));
    tell(4, 0, 2);
    tell(5, 1, 3);
    await session.answer('getRun', { item: run(7, 'running'), graph: { nodes: [] } });
    expect(statuses()).toEqual([2, 3]);
    expect(session.waiting()).toEqual(['getProblems', 'getFindings', 'getLogs']);
  });

  test('is asked for its problems once at a time, and once more when there were changes meanwhile', async () => {
    await session.answer('watchRun', snapshot(1, 0));
    await session.answer('getRun', { item: run(7, 'running'), graph: { nodes: [] } });
    const asked = () => session.waiting().filter(method => method === 'getProblems').length;
    for (const [at, status] of (['paused', 'running', 'failed'] as const).entries())
      session.events.onDelta({ run: 7, seq: at + 2, progress: { ...PROGRESS, status }, maps: [] });
    expect(asked()).toBe(1);
    await session.answer('getProblems', { causes: [], lost: [] });
    expect(asked()).toBe(1);
    await session.answer('getProblems', { causes: [], lost: [{ key: 'k', count: 3 }] });
    expect(asked()).toBe(0);
    expect(session.state().problems).toEqual({ causes: [], lost: [{ key: 'k', count: 3 }] });
  });

  test('lets go of the batches of a cause once none of them is left', async () => {
    await session.answer('watchRun', snapshot(3, 3, 3));
    await session.answer('getRun', { item: run(7, 'failed'), graph: { nodes: [] } });
    const cause = { node: NODE, fingerprint: 'f' };
    const problem = {
      ...cause,
      path: 'each',
      name: 'Error',
      message: 'no',
      batches: 2,
      first: { index: 0, parent: 0 },
    };
    await session.answer('getProblems', { causes: [problem], lost: [] });
    session.select({ node: NODE, path: 'each', where: { fingerprint: 'f' }, cause, count: 2, text: '' });
    const end = async (seq: number, failed: number, status: RunItem['status']) => {
      session.events.onDelta({
        run: 7,
        seq,
        maps: [],
        progress: { ...PROGRESS, status, failedBatches: failed },
      });
      await session.answer('getProblems', { causes: failed > 0 ? [{ ...problem, batches: failed }] : [], lost: [] });
    };
    await end(4, 1, 'failed');
    expect(session.state().selection).toMatchObject({ count: 1, text: '1 batch: no' });
    await end(5, 0, 'completed');
    expect(session.state().selection).toBeUndefined();
  });

  test('is asked for anew after a gap, once at a time, until nothing is missing', async () => {
    await session.answer('watchRun', snapshot(3, 1, 0, 0));
    await session.answer('getRun', { item: run(7, 'running'), graph: { nodes: [] } });
    tell(6, 2, 2);
    tell(7, 2, 3);
    expect(session.waiting().filter(method => method === 'watchRun')).toHaveLength(1);
    await session.answer('watchRun', snapshot(6, 2, 2, 2));
    await session.answer('getRun', { item: run(7, 'running'), graph: { nodes: [] } });
    while (session.waiting().includes('getProblems')) await session.answer('getProblems', { groups: [] });
    // Delta 7 had come while the page could not use it.
    await session.answer('watchRun', snapshot(7, 2, 2, 3));
    expect(statuses()).toEqual([2, 2, 3]);
    tell(8, 0, 5);
    expect(statuses()).toEqual([5, 2, 3]);
  });
});

describe('a folder that is not trusted', () => {
  test('is asked about when a run is to be resumed, and no run is', async () => {
    const { resumeRun } = (await import(String(ACTIONS))) as { resumeRun: (run: number) => Promise<boolean> };
    session.events.onWorkspace({ ...workspace('/a', []), trust: { state: 'untrusted', question: 'q' } });
    expect(await resumeRun(7)).toBe(false);
    expect(session.state().dialog).toEqual({ kind: 'trust' });
    expect(session.waiting()).not.toContain('resumeRun');

    session.events.onWorkspace(workspace('/a', []));
    void resumeRun(7);
    expect(session.waiting()).toContain('resumeRun');
  });
});

async function begin(isGreeted = true): Promise<Session> {
  const waiting: { method: string; resolve: (value: unknown) => void }[] = [];
  let events: StudioEvents | undefined;
  let connect: ((state: 'live') => void) | undefined;
  vi.resetModules();
  vi.doMock(String(CLIENT), () => ({
    connectClient: (given: StudioEvents, onConnection: (state: 'live') => void) => {
      events = given;
      connect = onConnection;
      const api = new Proxy(
        {},
        {
          get: (_, method: string) => () =>
            new Promise(resolve => {
              waiting.push({ method, resolve });
            }),
        },
      );
      return { api: api as StudioApi, close: () => undefined };
    },
  }));
  const { startSession } = (await import(String(SESSION))) as { startSession: () => void };
  const { studio } = (await import(String(STUDIO))) as {
    studio: { getState: Session['state']; setState: (state: { selection: Selection }) => void };
  };
  startSession();
  if (!events || !connect) throw new Error('The session has not connected.');
  const answer = async (method: string, value: unknown): Promise<void> => {
    const at = waiting.findIndex(call => call.method === method);
    if (at < 0) throw new Error(`Nobody waits for ${method}: ${waiting.map(call => call.method).join(', ')}`);
    waiting.splice(at, 1)[0]?.resolve(value);
    // Whatever follows from it by promises alone.
    await new Promise(resolve => setImmediate(resolve));
  };
  connect('live');
  if (isGreeted) await answer('hello', HELLO);
  return {
    events,
    answer,
    waiting: () => waiting.map(({ method }) => method),
    state: () => studio.getState(),
    select: selection => studio.setState({ selection }),
  };
}

function workspace(folder: string, files: readonly string[], loading = false): Workspace {
  return {
    folder,
    name: folder.slice(1),
    recent: [],
    trust: { state: 'trusted' },
    ...(loading && { loading }),
    files: files.map(file => ({
      file,
      graphs: [{ id: file, name: file, nodes: [] }],
    })) as unknown as Workspace['files'],
  };
}

function run(number: number, status: RunItem['status']): RunItem {
  return {
    run: number,
    workflow: 'one',
    name: 'One',
    file: 'one.ts',
    status,
    items: NONE,
    batches: NONE,
    failedBatches: 0,
    startedAt: 0,
    activeMs: 0,
  };
}
