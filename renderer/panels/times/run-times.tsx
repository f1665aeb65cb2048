import { useEffect } from 'react';
import { useNow } from '../../hooks/use-now.ts';
import { loadOdd } from '../../stores/odd.ts';
import { loadTimes, useTimes } from '../../stores/times.ts';
import { useStudio } from '../../stores/studio.ts';
import { StuckBar } from './stuck-bar.tsx';
import { TimeStrip } from './time-strip.tsx';
import './times.css';

/** While a run goes on its times are asked for at every so many seconds of the clock. */
const EVERY_S = 2;

/** How fast the run goes, when it ends, and what hangs: under its summary, in every view. */
export function RunTimes() {
  const run = useStudio(state => state.runId);
  const status = useStudio(state => state.progress?.status);
  // A re-run of a run that has ended, and a page that lost its connection meanwhile, make others of them.
  const sessions = useStudio(state => state.detail?.sessions.length);
  const isRunning = status === 'running';
  const tick = Math.floor(useNow(isRunning) / 1000 / EVERY_S);
  const version = `${run} ${status} ${sessions} ${isRunning ? tick : ''}`;
  const isKnown = status !== undefined;
  useEffect(() => {
    if (run !== undefined && isKnown) void loadTimes(run, version);
  }, [run, isKnown, version]);
  useEffect(() => {
    if (run !== undefined && isKnown && !isRunning) void loadOdd(run);
  }, [run, isKnown, isRunning, sessions]);
  const times = useTimes();
  const progress = useStudio(state => state.progress);
  if (!times || !progress || progress.nodes.length === 0) return null;
  return (
    <>
      <TimeStrip times={times} progress={progress} />
      {isRunning && <StuckBar times={times} />}
    </>
  );
}
