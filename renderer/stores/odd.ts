import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Result } from '../../host/api/api.ts';
import { counted } from '../../common/format.ts';
import { toRanges } from '../../common/ranges.ts';
import { Loader } from '../model/loader.ts';
import { rangesSelection } from '../model/selection.ts';
import { select } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

export type OddBatch = Result<'getOdd'>['batches'][number];

const NONE: readonly OddBatch[] = [];
const known = createStore<{ readonly run: number | undefined; readonly batches: readonly OddBatch[] }>()(() => ({
  run: undefined,
  batches: NONE,
}));

const loader = new Loader<{ readonly run: number; readonly batches: readonly OddBatch[] }>(loaded => {
  if (loaded.state === 'failed') notice(new Error(loaded.message));
  else if (loaded.state === 'loaded' && loaded.value.run === studio.getState().runId) known.setState(loaded.value);
});
let version = 0;

/** Of a run that has ended: the host looks for them when it is first asked. */
export async function loadOdd(run: number): Promise<void> {
  version += 1;
  await loader.load(async () => ({ run, batches: (await api().getOdd({ run })).batches }), version);
}

/** The batches of the open run that succeeded and are far from their like. None while it goes on. */
export function useOdd(): readonly OddBatch[] {
  const run = useStore(studio, state => state.runId);
  const isRunning = useStore(studio, state => state.progress?.status === 'running');
  return useStore(known, state => (state.run === run && !isRunning ? state.batches : NONE));
}

/** A person says that they are as they should be. @param scopes All of them without any */
export async function acceptOdd(run: number, scopes?: number[]): Promise<void> {
  try {
    const answer = await api().acceptOdd({ run, ...(scopes && { scopes }) });
    if (!answer.ok) notice(answer.problem);
    await loadOdd(run);
  } catch (error) {
    notice(error);
  }
}

export function selectOdd(batches: readonly OddBatch[]): void {
  const map = studio.getState().model?.maps.get(batches[0]?.node ?? -1);
  const indices = batches.filter(({ node }) => node === map?.node).map(({ index }) => index);
  const selection = map && rangesSelection(map, toRanges(indices));
  if (selection) select({ ...selection, text: counted(selection.count, ['odd batch', 'odd batches']) });
}
