import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { RunTimes } from '../../host/api/api.ts';
import { duration } from '../../common/format.ts';
import { toRanges } from '../../common/ranges.ts';
import { Loader } from '../model/loader.ts';
import { mapAround, rangesSelection } from '../model/selection.ts';
import { select } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

/** The times of the open run: asked for once, for all that show something of them. */
interface KnownTimes {
  readonly run: number | undefined;
  readonly times: RunTimes | undefined;
}

const known = createStore<KnownTimes>()(() => ({ run: undefined, times: undefined }));

const loader = new Loader<{ readonly run: number; readonly times: RunTimes }>(loaded => {
  if (loaded.state === 'failed') notice(new Error(loaded.message));
  else if (loaded.state === 'loaded' && loaded.value.run === studio.getState().runId) known.setState(loaded.value);
});

export async function loadTimes(run: number, version: string): Promise<void> {
  await loader.load(async () => ({ run, times: await api().getTimes({ run }) }), version);
}

/** The times of the run that is open; undefined until they are known. */
export function useTimes(): RunTimes | undefined {
  const run = useStore(studio, state => state.runId);
  return useStore(known, state => (state.run === run ? state.times : undefined));
}

/** `20 to 25 ms` */
export function spanText({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${from < 0.1 ? '0 ms' : duration(from)} to ${duration(to)}`;
}

/** Selects the batches in which a step took that long. @param title What the step is called */
export async function selectThatTook(path: string, title: string, span: { from: number; to: number }): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  try {
    const { indices, isCut } = await api().getBatchesThatTook({ run, path, from: span.from, to: span.to });
    const { runId, model } = studio.getState();
    const map = runId === run && model ? mapAround(model.maps.values(), path) : undefined;
    const selection = map && rangesSelection(map, toRanges(indices));
    if (!selection) return;
    const many = isCut ? `the first ${selection.text}` : selection.text;
    select({ ...selection, text: `${many} in which ${title} took ${spanText(span)}` });
  } catch (error) {
    notice(error);
  }
}
