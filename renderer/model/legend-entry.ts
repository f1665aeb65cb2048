import type { Selection } from './selection.ts';

/** What a colour of the map means. */
export interface LegendEntry {
  readonly colour: string;
  readonly text: string;
  readonly isStriped?: boolean;
  /** How many batches have it. */
  readonly count?: number;
  /** What a click selects: these batches, and why they are selected. */
  readonly choice?: { readonly why: string; readonly selection: () => Selection | undefined };
}
