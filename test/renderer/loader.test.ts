import { describe, expect, test } from 'vitest';
import { Loader, type Loaded } from '../../renderer/model/loader.ts';

/** A host that answers a request when the test says so. */
function fakeHost() {
  const pending: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
  const reported: Loaded<string>[] = [];
  const settle = () => new Promise(resolve => setImmediate(resolve));
  return {
    reported,
    requests: () => pending.length,
    loader: new Loader<string>(loaded => reported.push(loaded)),
    request: () => new Promise<string>((resolve, reject) => pending.push({ resolve, reject })),
    answer: async (at: number, value: string) => {
      pending[at]?.resolve(value);
      await settle();
    },
    fail: async (at: number, error: unknown) => {
      pending[at]?.reject(error);
      await settle();
    },
  };
}

describe('a panel that loads something', () => {
  test('reports the answer', async () => {
    const host = fakeHost();
    void host.loader.load(host.request, 1);
    await host.answer(0, 'one');
    expect(host.reported).toEqual([{ state: 'loaded', value: 'one' }]);
    expect(host.requests()).toBe(1);
  });

  test('reports a failure in words, and can load again after it', async () => {
    const host = fakeHost();
    void host.loader.load(host.request, 1);
    await host.fail(0, new Error('The run is gone.'));
    void host.loader.load(host.request, 2);
    await host.answer(1, 'two');
    expect(host.reported).toEqual([
      { state: 'failed', message: 'The run is gone.' },
      { state: 'loaded', value: 'two' },
    ]);
  });

  test('sends one request at a time, and the latest version last, however often it changes', async () => {
    const host = fakeHost();
    let isDone = false;
    void host.loader.load(host.request, 1).then(() => (isDone = true));
    for (const version of [2, 3, 4]) void host.loader.load(host.request, version);
    expect(host.requests()).toBe(1);
    await host.answer(0, 'of version 1');
    expect(host.requests()).toBe(2);
    await host.answer(1, 'of version 4');
    expect(host.requests()).toBe(2);
    expect(isDone).toBe(true);
    expect(host.reported.map(loaded => loaded.state === 'loaded' && loaded.value)).toEqual([
      'of version 1',
      'of version 4',
    ]);
  });

  test('never shows the answer of a subject that is no longer shown', async () => {
    const host = fakeHost();
    void host.loader.load(host.request, 1);
    host.loader.stop();
    const next = new Loader<string>(loaded => host.reported.push(loaded));
    void next.load(host.request, 1);
    await host.answer(1, 'new');
    await host.answer(0, 'old');
    expect(host.reported).toEqual([{ state: 'loaded', value: 'new' }]);
  });

  test('sends nothing without a request', async () => {
    const host = fakeHost();
    await host.loader.load(undefined, 1);
    expect(host.reported).toEqual([]);
    void host.loader.load(host.request, 1);
    await host.answer(0, 'one');
    expect(host.reported).toHaveLength(1);
  });
});
