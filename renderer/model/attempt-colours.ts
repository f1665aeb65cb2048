import type { LegendEntry } from './legend-entry.ts';
import { BatchStatus, GLYPH } from '../../common/status.ts';
import type { Colouring } from './map-paint.ts';
import type { BatchMap } from './run-model.ts';

/** From 2 on, each brighter than the one before; the last one also stands for more. */
const TRIED_AGAIN = ['#9c8438', '#cfab49', '#fbd25e', '#fff3c4'] as const;
/** As many as there is a digit for. */
const MOST_SHOWN = 9;

/** The colours of states, as the map has them. */
export interface StateColours {
  readonly of: (status: number) => string;
  readonly none: string;
}

/** How often batches were tried: of those that were tried again by their indices, in order. */
export interface TriedAgain {
  readonly indices: Uint32Array;
  readonly values: Uint8Array;
}

/**
 * A map by attempts: what was tried once has the colour of its state, and what was tried again a brighter one for each attempt, with
 * the digit. What waits for its next attempt is striped, in the colour of that state.
 */
export function attemptColouring(
  { indices, values }: TriedAgain,
  map: Pick<BatchMap, 'statuses'>,
  colours: StateColours,
): Colouring {
  const tried = new Uint8Array((indices.at(-1) ?? -1) + 1);
  for (const [at, index] of indices.entries()) tried[index] = values[at] ?? 0;
  const statusOf = (index: number) => map.statuses[index] ?? BatchStatus.waiting;
  const attemptsOf = (index: number) => tried[index] || (statusOf(index) === BatchStatus.waiting ? 0 : 1);
  return {
    colour: index => {
      const status = statusOf(index);
      if (status === BatchStatus.failed) return colours.of(status);
      if (status === BatchStatus.retrying) return colours.of(status);
      const attempts = attemptsOf(index);
      if (attempts > 1) return colourOfAttempts(attempts);
      return status === BatchStatus.waiting ? colours.none : colours.of(status);
    },
    weight: index => attemptsOf(index) + (statusOf(index) === BatchStatus.failed ? 0.5 : 0),
    sign: index => {
      const status = statusOf(index);
      if (status === BatchStatus.failed) return GLYPH.failed;
      const attempts = attemptsOf(index);
      if (attempts > 1) return attempts > MOST_SHOWN ? '+' : String(attempts);
      return status === BatchStatus.running ? GLYPH.running : '';
    },
    isStriped: index => statusOf(index) === BatchStatus.retrying,
  };
}

function colourOfAttempts(attempts: number): string {
  return TRIED_AGAIN[Math.min(attempts, TRIED_AGAIN.length + 1) - 2] ?? TRIED_AGAIN[0];
}

/** What the colours mean. */
export function attemptLegend(colours: StateColours): readonly LegendEntry[] {
  return [
    { colour: colours.of(BatchStatus.succeeded), text: '1 attempt' },
    ...TRIED_AGAIN.map((colour, at) => ({
      colour,
      text: at === TRIED_AGAIN.length - 1 ? `${at + 2} or more` : String(at + 2),
    })),
    { colour: colours.of(BatchStatus.retrying), text: 'waits for the next', isStriped: true },
    { colour: colours.of(BatchStatus.failed), text: `${GLYPH.failed} failed` },
    { colour: colours.of(BatchStatus.running), text: `${GLYPH.running} running` },
    { colour: colours.none, text: 'not begun' },
  ];
}
