import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StepProgress } from '../../host/api/api.ts';
import { StepCounter } from '../../host/runs/step-counter.ts';

const steps = (succeeded: number): StepProgress[] => [
  { path: 'p/charge', running: 0, succeeded, failed: 0, retrying: 0, retries: 0, waited: 0 },
];
const isCurrent = () => false;

/** A counter whose counts take `takesMs` each, and say how often it has counted. */
function counterThatTakes(takesMs: number) {
  let counts = 0;
  const onCounted = vi.fn<() => void>();
  const onError = vi.fn<(error: unknown) => void>();
  const count = async () => {
    counts += 1;
    const now = counts;
    await new Promise(resolve => setTimeout(resolve, takesMs));
    return steps(now);
  };
  const counter = new StepCounter({ count, onCounted, onError });
  /** Asks for a count every 100 ms, as the mirror of a run does that goes on in another process. */
  const goOnFor = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 100) {
      counter.want(true);
      counter.tick(isCurrent);
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  return { counter, onCounted, onError, goOnFor, counts: () => counts };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it counts only when that is wanted', async () => {
  const { counter, counts, goOnFor } = counterThatTakes(10);
  counter.tick(isCurrent);
  expect(counts()).toBe(0);
  await goOnFor(100);
  expect(counter.steps).toEqual(steps(1));
  for (let i = 0; i < 50; i += 1) {
    counter.tick(isCurrent);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(counts()).toBe(1);
});

test('a run that changes all the time is counted every two seconds', async () => {
  const { counts, goOnFor } = counterThatTakes(10);
  await goOnFor(10_000);
  expect(counts()).toBeGreaterThanOrEqual(4);
  expect(counts()).toBeLessThanOrEqual(5);
});

test('counting that takes long is done a quarter of the time at most', async () => {
  const { counts, goOnFor } = counterThatTakes(3_000);
  await goOnFor(24_000);
  expect(counts()).toBe(2);
});

test('a count that has become out of date changes nothing', async () => {
  const { counter, onCounted } = counterThatTakes(1_000);
  counter.set(steps(70));
  let isStale = false;
  counter.want(true);
  counter.tick(() => isStale);
  isStale = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(counter.steps).toEqual(steps(70));
  expect(onCounted).not.toHaveBeenCalled();
});

test('a count that fails is reported, and the next one is made', async () => {
  const failure = new Error('The store is gone.');
  const count = vi.fn<() => Promise<StepProgress[]>>().mockRejectedValueOnce(failure).mockResolvedValue(steps(2));
  const onError = vi.fn<(error: unknown) => void>();
  const counter = new StepCounter({ count, onCounted: () => undefined, onError });
  counter.want(true);
  counter.tick(isCurrent);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(onError).toHaveBeenCalledExactlyOnceWith(failure);
  counter.want(true);
  counter.tick(isCurrent);
  await vi.advanceTimersByTimeAsync(0);
  expect(counter.steps).toEqual(steps(2));
});
