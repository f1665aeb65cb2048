import { describeValue } from '../workflow/errors.ts';
import { rejectUnknown } from '../workflow/options.ts';

const IN_STORE = ['store', 'signal'];
const OF_CALLS = {
  run: [...IN_STORE, 'payload', 'workflow', 'key', 'cache', 'inProcess'],
  resume: [...IN_STORE, 'file'],
  rerun: [...IN_STORE, 'file', 'batches', 'node', 'fromStart'],
  cancel: ['store'],
} as const;

/** Programs without types misspell options, too: one that nobody knows would have no effect. @throws TypeError, WorkflowError */
export function checkOptions(call: keyof typeof OF_CALLS, options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(
      `${call}(): its options are ${describeValue(options)}. Say at least in which store: { store }, with const store = await openStore(file).`,
    );
  rejectUnknown(options, OF_CALLS[call], `${call}()`);
}

/** @throws TypeError */
export function checkRunNumber(call: keyof typeof OF_CALLS, run: unknown): void {
  if (typeof run !== 'number' || !Number.isSafeInteger(run) || run < 1)
    throw new TypeError(`${call}(): its run is ${describeValue(run)}. It is the number of a run, such as 4.`);
}

/** @throws TypeError */
export function checkBatches(batches: unknown): void {
  const isIndex = (index: unknown) => typeof index === 'number' && Number.isSafeInteger(index) && index >= 0;
  if (batches === 'failed' || batches === 'all' || (Array.isArray(batches) && batches.every(isIndex))) return;
  throw new TypeError(
    `rerun(): batches is ${describeValue(batches)}. It is 'failed', 'all', or a list of indices from 0, such as [0, 4].`,
  );
}
