import type { Timeline } from '../../host/api/api.ts';
import type { TimeScale } from './time-scale.ts';

type Bar = Timeline['bars'][number];

/** Where the strip of a step's attempt is in the bar of its batch, in pixels from the start of that bar. */
export interface StepBar {
  readonly step: Bar['steps'][number];
  readonly left: number;
  readonly width: number;
  /** Of the wait after it, if there was one. */
  readonly wait?: { readonly left: number; readonly width: number } | undefined;
}

/** Each at least a pixel wide, and with a gap before the next one, so that a retry can be told from what it retries. */
export function stepBars({ from, steps }: Pick<Bar, 'from' | 'steps'>, scale: TimeScale): StepBar[] {
  const start = scale.x(from);
  return steps.map(step => {
    const left = scale.x(step.from);
    const width = Math.max(1, scale.x(step.to) - left - 1);
    const end = left + width;
    const wait =
      step.waitedTo === undefined ? undefined : { left: end - start, width: scale.x(step.waitedTo) - end - 1 };
    return { step, left: left - start, width, ...(wait && wait.width >= 1 && { wait }) };
  });
}
