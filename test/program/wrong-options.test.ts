import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cancel, cronflow, openStore, rerun, resume, run } from '../../engine/index.ts';
import { temporaryFolder } from '../support/runs.ts';

/* A program without types hears what is wrong with what it has given: nothing is passed over, and nothing is executed. */

const greet = cronflow.define({ id: 'greet-nobody' }).step('say', () => 'hello');

async function temporaryStore() {
  const store = await openStore(path.join(temporaryFolder(), 'runs.db'));
  onTestFinished(() => store.close());
  return store;
}

type Call = (...args: unknown[]) => PromiseLike<unknown>;
const calls = { run, resume, rerun, cancel } as unknown as Record<'run' | 'resume' | 'rerun' | 'cancel', Call>;

test.each([
  ['run', [greet, { payloud: 1 }], 'run() has no option "payloud". Did you mean "payload"?'],
  ['resume', [1, { fil: 'a.ts' }], 'resume() has no option "fil". Did you mean "file"?'],
  ['rerun', [1, { batch: [1] }], 'rerun() has no option "batch". Did you mean "batches"?'],
  ['cancel', [1, { reason: 'late' }], 'cancel() has no option "reason". It knows store.'],
  [
    'rerun',
    [1, { batches: 'some' }],
    `rerun(): batches is "some". It is 'failed', 'all', or a list of indices from 0, such as [0, 4].`,
  ],
  [
    'rerun',
    [1, { batches: [1, -1] }],
    `rerun(): batches is an array. It is 'failed', 'all', or a list of indices from 0, such as [0, 4].`,
  ],
  ['rerun', ['1', {}], 'rerun(): its run is "1". It is the number of a run, such as 4.'],
  ['resume', [0, {}], 'resume(): its run is 0. It is the number of a run, such as 4.'],
] as const)('%s(%j)', async (call, [of, options], says) => {
  const store = await temporaryStore();
  await expect(calls[call](of, { ...options, store })).rejects.toThrow(says);
});

test.each(['run', 'resume', 'rerun', 'cancel'] as const)(
  '%s without options says where it needs a store from',
  async call => {
    await expect(calls[call](call === 'run' ? greet : 1)).rejects.toThrow(
      `${call}(): its options are undefined. Say at least in which store: { store }, with const store = await openStore(file).`,
    );
  },
);

test('openStore without a file', async () => {
  await expect((openStore as unknown as Call)()).rejects.toThrow(
    'openStore() is given undefined. It is the path of the file that runs are stored in.',
  );
});
