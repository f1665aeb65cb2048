import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunItem, StudioApi, StudioEvents, Workspace } from '../../host/api.ts';
import { PROTOCOL } from '../../host/protocol.ts';

/*
 * The page's side of the conversation, with a host that answers when the test says so: answers and events cross, and what
 * was true later is what counts.
 */

/** Named by values, not by types: what they import is made for a browser, and is checked with the page. */
const [SESSION, STUDIO, CLIENT]: readonly string[] = ['session', 'studio', 'client'].map(name => fileURLToPath(new URL(`../../renderer/${name === 'client' ? 'client' : 'stores'}/${name}.ts`, import.meta.url)));

interface Session {
  readonly events: StudioEvents;
  readonly state: () => { readonly workspace?: Workspace | undefined; readonly runs: readonly RunItem[]; readonly runId?: number | undefined; readonly workflow?: { readonly workflow: string } | undefined };
  /** Answers the oldest call of the method that waits. */
  answer(method: string, value: unknown): Promise<void>;
}

let session: Session;
beforeEach(async () => { session = await begin(); });

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
    expect(session.state().runs.map(item => [item.run, item.status])).toEqual([[3, 'running'], [2, 'completed'], [1, 'failed']]);
    expect(session.state().runId).toBe(3);
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

async function begin(): Promise<Session> {
  const waiting: { method: string; resolve: (value: unknown) => void }[] = [];
  let events: StudioEvents | undefined;
  let connect: ((state: 'live') => void) | undefined;
  vi.resetModules();
  vi.doMock(String(CLIENT), () => ({
    connectClient: (given: StudioEvents, onConnection: (state: 'live') => void) => {
      events = given;
      connect = onConnection;
      const api = new Proxy({}, { get: (_, method: string) => () => new Promise(resolve => { waiting.push({ method, resolve }); }) });
      return { api: api as StudioApi, close: () => undefined };
    },
  }));
  const { beginSession } = await import(String(SESSION)) as { beginSession: () => void };
  const { studio } = await import(String(STUDIO)) as { studio: { getState: Session['state'] } };
  beginSession();
  if (!events || !connect) throw new Error('The session has not connected.');
  const answer = async (method: string, value: unknown): Promise<void> => {
    const at = waiting.findIndex(call => call.method === method);
    if (at < 0) throw new Error(`Nobody waits for ${method}: ${waiting.map(call => call.method).join(', ')}`);
    waiting.splice(at, 1)[0]?.resolve(value);
    // Whatever follows from it by promises alone.
    await new Promise(resolve => setImmediate(resolve));
  };
  connect('live');
  await answer('hello', { protocol: PROTOCOL, version: '0', shell: 'browser', platform: 'linux' });
  return { events, answer, state: () => studio.getState() };
}

function workspace(folder: string, files: readonly string[], loading = false): Workspace {
  return {
    folder, name: folder.slice(1), recent: [], ...(loading && { loading }),
    files: files.map(file => ({ file, graphs: [{ id: file, name: file, nodes: [] }] })) as unknown as Workspace['files'],
  };
}

function run(number: number, status: RunItem['status']): RunItem {
  const none = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  return { run: number, workflow: 'one', name: 'One', file: 'one.ts', status, items: none, batches: none, startedAt: 0, activeMs: 0 };
}
