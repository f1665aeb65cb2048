import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { givenQueue, takeQueueEnvironment } from '../../engine/remote/queue-settings.ts';
import { FolderQueue } from '../../host/workspace/folder-queue.ts';
import { temporaryFolder } from '../support/runs.ts';

/* The queue that the settings of a folder offer to its runs. */

const SECRET = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };

function opened(variables: Record<string, string>, { isTrusted = true, text = '{ "queue": "redis://here" }' } = {}) {
  const folder = realpathSync(temporaryFolder());
  const file = path.join(folder, 'cronflow.json');
  const write = (written: string) => writeFileSync(file, written);
  write(text);
  const environment = takeQueueEnvironment({ ...variables });
  const guard = { folder, isTrusted };
  const onChange = vi.fn<() => void>();
  const queue = new FolderQueue({
    guard,
    queues: { chosen: givenQueue(undefined, environment), environment },
    onChange,
  });
  onTestFinished(() => queue.close());
  return { queue, guard, file, write, onChange };
}

test('is offered with what the environment has for it, and is not where runs go by themselves', () => {
  const { queue, file } = opened({ ...SECRET, CRONFLOW_QUEUE_PASSWORD: 'word' });
  expect(queue.offered).toMatchObject({
    named: { address: { host: 'here' }, from: file },
    settings: { address: { password: 'word' }, secret: SECRET.CRONFLOW_QUEUE_SECRET },
    isDefault: false,
  });
  expect(queue.notice).toBeUndefined();
});

test('is not read while the folder is not trusted', () => {
  const { queue, guard, write } = opened(SECRET, { isTrusted: false });
  expect(queue.offered).toBeUndefined();
  write('{ "queue": 1 }');
  expect(queue.notice).toBeUndefined();
  guard.isTrusted = true;
  expect(queue.notice).toContain('is not a text');
});

test('without a secret it is shown with what is missing, and cannot be used', () => {
  const { queue } = opened({});
  expect(queue.offered?.settings).toBeUndefined();
  expect(queue.offered?.problem?.message).toMatch(
    /^To use it, start Cronflow Studio again with what is missing\. .* needs a secret .*CRONFLOW_QUEUE_SECRET/s,
  );
});

test('the queue that the Studio was started with is preferred, for all folders', () => {
  const { queue } = opened({ ...SECRET, CRONFLOW_QUEUE: 'redis://there' }, { text: 'not JSON' });
  expect(queue.offered).toMatchObject({ settings: { address: { host: 'there' } }, isDefault: true });
  expect(queue.notice).toBeUndefined();
});

test('what is wrong with the settings is said, and offers nothing', () => {
  const { queue, file } = opened(SECRET, { text: '{ "queue": "redis://:word@here" }' });
  expect(queue.offered).toBeUndefined();
  expect(queue.notice).toContain(`No queue is offered: The queue in ${file} holds a password`);
});

test('a change of the settings is told', async () => {
  const { queue, file, write, onChange } = opened(SECRET);
  const isTold = () => expect.poll(() => onChange.mock.calls.length).toBeGreaterThan(0);
  write('{ "queue": "redis://there" }');
  await isTold();
  expect(queue.offered?.named.address.host).toBe('there');
  onChange.mockClear();
  rmSync(file);
  await isTold();
  expect(queue.offered).toBeUndefined();
  onChange.mockClear();
  write('{ "queue": "redis://here" }');
  await isTold();
  expect(queue.offered?.named.address.host).toBe('here');
});
