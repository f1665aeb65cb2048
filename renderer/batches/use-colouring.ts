import { useEffect, useMemo, useState } from 'react';
import type { Overlay } from '../../host/api.ts';
import type { Colouring } from '../model/map-paint.ts';
import { duration } from '../model/words.ts';
import { api, notice } from '../stores/session.ts';
import { useStudio } from '../stores/studio.ts';

export type ColourBy = 'status' | 'duration' | 'attempt' | 'cause';

/** Colours and what they mean. */
export interface NamedColouring {
  readonly colouring: Colouring;
  readonly legend: readonly { readonly colour: string; readonly words: string }[];
}

/** One hue from dark to light, so that more is brighter whatever eyes see it. */
const RAMP = ['#26384a', '#2f5673', '#3a789f', '#4f9cc9', '#7cc0e6', '#c4e6f8'] as const;
/** Told apart under the common colour blindnesses (Okabe and Ito), none of them a state's colour. */
const KINDS = ['#e69f00', '#56b4e9', '#f0e442', '#cc79a7', '#d55e00', '#0072b2', '#009e73', '#ffffff'] as const;
const NONE = '#33404f';

/** What the map is coloured by, when that is not the state. Asked anew when batches have come to an end. */
export function useColouring(run: number | undefined, node: number | undefined, by: ColourBy): NamedColouring | undefined {
  const [overlay, setOverlay] = useState<Overlay>();
  const ended = useStudio(state => {
    const counts = state.progress?.nodes.find(other => other.node === node)?.batches;
    return counts ? counts.succeeded + counts.failed : 0;
  });
  // While a run goes on at full speed, not at each batch.
  const step = ended < 1_000 ? ended : Math.floor(ended / 1_000);
  useEffect(() => {
    if (by === 'status' || run === undefined || node === undefined) return setOverlay(undefined);
    let current = true;
    api().getOverlay({ run, node, by }).then(found => { if (current) setOverlay(found); }).catch(notice);
    return () => { current = false; };
  }, [run, node, by, step]);
  return useMemo(() => overlay && colouringOf(overlay), [overlay]);
}

function colouringOf(overlay: Overlay): NamedColouring | undefined {
  switch (overlay.by) {
    case 'duration': {
      const max = Math.max(overlay.max, 1);
      const step = (value: number) => Math.min(RAMP.length - 1, Math.floor(value / max * RAMP.length));
      return {
        colouring: { colour: index => { const value = overlay.values[index] ?? -1; return value < 0 ? NONE : RAMP[step(value)] ?? NONE; } },
        legend: RAMP.map((colour, at) => ({ colour, words: `to ${duration(max * (at + 1) / RAMP.length)}` })),
      };
    }
    case 'attempt':
      return {
        colouring: { colour: index => { const value = overlay.values[index] ?? 0; return value === 0 ? NONE : RAMP[Math.min(RAMP.length, value + 1) - 1] ?? NONE; } },
        legend: [1, 2, 3, 4, 5].map(attempt => ({ colour: RAMP[attempt] ?? NONE, words: attempt === 5 ? '5 or more' : String(attempt) })),
      };
    case 'times': // For playback, which is no colouring.
      return undefined;
    case 'cause':
      return {
        colouring: { colour: index => { const value = overlay.values[index] ?? 0; return value === 0 ? NONE : KINDS[Math.min(KINDS.length, value) - 1] ?? NONE; } },
        legend: overlay.causes.slice(0, KINDS.length).map((words, at) => ({ colour: KINDS[at] ?? NONE, words })),
      };
  }
}
