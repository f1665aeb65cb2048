import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inBackground, inForeground } from '../../engine/remote/bullmq/background.ts';

/** Whether a timer that is set now keeps the process alive. */
function keepsAlive(): boolean {
  const timer = setTimeout(() => undefined, 1_000);
  clearTimeout(timer);
  return timer.hasRef();
}

test('what is set in the background, and by what follows of it, keeps no process alive; what others set does', async () => {
  const later = async () => {
    await delay(1);
    return [keepsAlive(), inForeground(keepsAlive)];
  };
  const told = inBackground(later);
  expect(inBackground(keepsAlive)).toBe(false);
  expect(keepsAlive()).toBe(true);
  expect(await told).toEqual([false, true]);
  expect(keepsAlive()).toBe(true);
});

test('a timer has its arguments, and its form as a promise', async () => {
  inBackground(() => undefined);
  expect(await new Promise(resolve => setTimeout((...args) => resolve(args), 1, 'one', 2))).toEqual(['one', 2]);
  expect(await promisify(setTimeout)(1, 'done')).toBe('done');
});
