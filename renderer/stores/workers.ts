import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { RunWorker } from '../../host/api/api.ts';
import { Loader } from '../model/loader.ts';
import { workerGroups, type WorkerGroup } from '../model/workers/worker-groups.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

interface Known {
  readonly run: number | undefined;
  readonly workers: readonly RunWorker[];
  /** The same list as long as its groups are the same: figures change each second, and groups hardly ever. */
  readonly groups: readonly WorkerGroup[];
  /** When that was, by the clock of the host. */
  readonly now: number;
}

const NONE: readonly RunWorker[] = [];
const NO_GROUPS: readonly WorkerGroup[] = [];
const known = createStore<Known>()(() => ({ run: undefined, workers: NONE, groups: NO_GROUPS, now: 0 }));

const loader = new Loader<Omit<Known, 'groups'>>(loaded => {
  if (loaded.state === 'failed') notice(new Error(loaded.message));
  else if (loaded.state === 'loaded' && loaded.value.run === studio.getState().runId)
    known.setState(({ groups: before }) => {
      const groups = workerGroups(loaded.value.workers);
      return { ...loaded.value, groups: JSON.stringify(groups) === JSON.stringify(before) ? before : groups };
    });
});
let version = 0;

/** How the workers of a run are now. */
export async function loadWorkers(run: number): Promise<void> {
  // When it is back, the next second asks again: the header says that it is lost.
  if (studio.getState().connection !== 'live' && studio.getState().recording === undefined) return;
  version += 1;
  await loader.load(async () => ({ run, ...(await api().getWorkers({ run })) }), version);
}

/** The workers of the open run; none where its batches are executed by its own process. */
export function useWorkers(): readonly RunWorker[] {
  const run = useStore(studio, state => state.runId);
  return useStore(known, state => (state.run === run ? state.workers : NONE));
}

/** The same as people tell them apart. */
export function useWorkerGroups(): readonly WorkerGroup[] {
  const run = useStore(studio, state => state.runId);
  return useStore(known, state => (state.run === run ? state.groups : NO_GROUPS));
}

/** When they were looked at. */
export function useWorkersMoment(): number {
  return useStore(known, state => state.now);
}

/** A worker finishes what it has and gets no more. Says what is in the way. */
export async function drainWorker(run: number, worker: number): Promise<void> {
  try {
    const answer = await api().drainWorker({ run, worker });
    if (!answer.ok) notice(answer.problem);
    await loadWorkers(run);
  } catch (error) {
    notice(error);
  }
}
