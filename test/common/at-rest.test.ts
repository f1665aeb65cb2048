import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  batchStatusNow,
  cancelWaiting,
  countsAtRest,
  runStatusNow,
  statusBytesAtRest,
  stepStatusNow,
} from '../../common/at-rest.ts';
import { count, noCounts, type Counts } from '../../common/counts.ts';
import {
  BATCH_STATUS_NAMES,
  batchStatusName,
  BatchStatus,
  isFinished,
  isInFlight,
  RUN_STATUSES,
  STEP_STATUS_NAMES,
  StepStatus,
} from '../../common/status.ts';

const statuses = fc.array(fc.constantFrom(...Object.values(BatchStatus)), { maxLength: 200 });

function countsOf(numbers: Iterable<number>): Counts {
  const node = { path: 'n', batches: noCounts(), items: noCounts(), complete: true };
  for (const status of numbers) count(node, status, 1, 1);
  return node.batches;
}

test('counts, names and bytes of the same batches agree on what waits when nobody works on a run', () => {
  fc.assert(
    fc.property(statuses, numbers => {
      const atRest = countsAtRest(countsOf(numbers));
      expect(countsOf(statusBytesAtRest(Uint8Array.from(numbers)))).toEqual(atRest);
      const names = numbers.map(status => batchStatusNow(status, false));
      expect(countsOf(names.map(name => BatchStatus[name]))).toEqual(atRest);
      expect(atRest.running).toBe(0);
      const { total, ...parts } = atRest;
      expect(total).toBe(Object.values(parts).reduce((sum, part) => sum + part, 0));
    }),
  );
});

test('while somebody works on a run, everything is as it is stored', () => {
  for (const status of Object.values(BatchStatus)) expect(batchStatusNow(status, true)).toBe(batchStatusName(status));
  for (const status of RUN_STATUSES) expect(runStatusNow(status, true)).toBe(status);
  expect(stepStatusNow(StepStatus.running, true)).toBe('running');
});

test('without its process, only what runs is another: a run and its steps are interrupted', () => {
  expect(RUN_STATUSES.map(status => runStatusNow(status, false))).toEqual(
    RUN_STATUSES.map(status => (status === 'running' ? 'interrupted' : status)),
  );
  expect(stepStatusNow(StepStatus.running, false)).toBe('interrupted');
  expect(stepStatusNow(StepStatus.failed, false)).toBe('failed');
});

test('what waits when a run is cancelled is cancelled with it, and the sum stays', () => {
  const counts = { total: 7, succeeded: 1, failed: 1, running: 0, waiting: 3, cancelled: 2, setAside: 0 };
  cancelWaiting(counts);
  expect(counts).toEqual({ total: 7, succeeded: 1, failed: 1, running: 0, waiting: 0, cancelled: 5, setAside: 0 });
});

test('a status is found by its number and by its name', () => {
  expect(BATCH_STATUS_NAMES.map(name => BatchStatus[name])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(STEP_STATUS_NAMES.map(name => StepStatus[name])).toEqual([1, 2, 3, 4, 5, 6]);
  expect(BATCH_STATUS_NAMES.filter(name => isInFlight(BatchStatus[name]))).toEqual(['running', 'retrying']);
  expect(BATCH_STATUS_NAMES.filter(name => isFinished(BatchStatus[name]))).toEqual([
    'succeeded',
    'failed',
    'cancelled',
    'setAside',
  ]);
});
