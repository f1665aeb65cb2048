import { expect, test } from 'vitest';
import { PendingRequests } from '../../host/runs/pending-requests.ts';

/** A promise that resolves or rejects when it is told to. */
function later<T>() {
  return Promise.withResolvers<T>();
}

/** Whether a promise is settled once all that was ready has been done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise(resolve => setImmediate(resolve));
  return settled;
}

test('a stop waits until every request made before it has its outcome, whatever that is', async () => {
  const requests = new PendingRequests();
  const [resumed, refused] = [later<number>(), later<number>()];
  const first = requests.track(7, () => resumed.promise);
  const second = requests.track(7, () => refused.promise);
  const stop = requests.settled(7);
  resumed.resolve(1);
  await expect(first).resolves.toBe(1);
  expect(await isSettled(stop)).toBe(false);
  refused.reject(new Error('The code has changed.'));
  await expect(second).rejects.toThrow('The code has changed.');
  expect(await isSettled(stop)).toBe(true);
});

test('it waits neither for other runs, nor for requests made after it', async () => {
  const requests = new PendingRequests();
  const other = later<void>();
  void requests.track(8, () => other.promise);
  const stop = requests.settled(7);
  void requests.track(7, () => other.promise);
  expect(await isSettled(stop)).toBe(true);
  expect(await isSettled(requests.settled(7))).toBe(false);
  other.resolve();
  expect(await isSettled(requests.settled(7))).toBe(true);
});
