import { systemClock } from '../run/clock.ts';
import { FileOfSteps, setCurrentStore } from '../run/current-store.ts';
import type { WorkerStore } from '../run/workers/executor.ts';
import { RemoteStore } from '../run/workers/remote-store.ts';
import { RunnersClock } from '../run/workers/runners-clock.ts';
import type { AskStore } from '../run/workers/store-requests.ts';
import { EffectStore } from '../store/effect-store.ts';
import { openStore } from '../store/open.ts';
import { RunReader } from '../store/run-reader.ts';

const LOOK_AGAIN_MS = 60_000;
/** A runner gives a worker up that it has not heard for three seconds. */
const CALL_EFFECTS_WITHIN_MS = 2_000;

/** Opens the store of a run for a worker to read, and for its steps. @param file Undefined: its runner is asked */
export function openWorkerStore(file: string | undefined, run: number, ask: AskStore): WorkerStore {
  if (file === undefined) {
    const store = new RemoteStore(ask);
    setCurrentStore(store.ofSteps);
    const clock = new RunnersClock(systemClock, store.time);
    setInterval(() => void clock.look(), LOOK_AGAIN_MS).unref();
    return { stored: store, effects: store.effects, clock, callEffectsWithinMs: CALL_EFFECTS_WITHIN_MS };
  }
  const db = openStore(file, { mode: 'read' });
  setCurrentStore(new FileOfSteps(file));
  // It only reads: the number of the session is for what is written.
  return { stored: new RunReader(db, run), effects: new EffectStore(db, run, 0), clock: systemClock };
}
