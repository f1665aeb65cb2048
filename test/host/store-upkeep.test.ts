import { expect, onTestFinished, test, vi } from 'vitest';
import { OperationError } from '../../host/store/store.ts';
import { StoreUpkeep } from '../../host/store/store-upkeep.ts';

function upkeep({ isTrusted = true, fails }: { isTrusted?: boolean; fails?: Error } = {}) {
  vi.useFakeTimers();
  const asked: string[] = [];
  const errors: unknown[] = [];
  const made = new StoreUpkeep({
    store: {
      do: name => {
        asked.push(name);
        return fails ? Promise.reject(fails) : Promise.resolve(undefined as never);
      },
    },
    isTrusted: () => isTrusted,
    onError: error => errors.push(error),
  });
  onTestFinished(() => {
    made.close();
    vi.useRealTimers();
  });
  return { asked, errors, made };
}

test('an open workspace applies the policy of its store at once and each hour, until it is closed', async () => {
  const { asked, made } = upkeep();
  expect(asked).toEqual(['finishDeletions', 'pruneByPolicy']);
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  expect(asked.slice(2)).toEqual(['pruneByPolicy', 'pruneByPolicy']);
  made.close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toHaveLength(4);
});

test('in a folder that is not trusted, nothing is deleted because its store says so', async () => {
  const { asked } = upkeep({ isTrusted: false });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toEqual(['finishDeletions']);
});

test('a defect is told, and what can be shown to a person is not taken for one', async () => {
  const defect = upkeep({ fails: new OperationError({ name: 'TypeError', message: 'x', defect: 'stack' }) });
  await vi.advanceTimersByTimeAsync(0);
  expect(defect.errors).toHaveLength(2);
  const foreseen = upkeep({ fails: new OperationError({ name: 'StoreError', message: 'full' }) });
  await vi.advanceTimersByTimeAsync(0);
  expect(foreseen.errors).toEqual([]);
});
