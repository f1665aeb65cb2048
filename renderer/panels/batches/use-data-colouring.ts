import { useMemo } from 'react';
import { rangesOfClass, type DataClass, type DataClasses } from '../../model/data-classes.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { label } from '../../model/shown-text.ts';
import { useStudio } from '../../stores/studio.ts';
import { classSelection } from './class-selection.ts';
import { NONE, SCALE_COLOURS, type MapColouring } from './use-colouring.ts';

/** The first eight are told apart under the common colour blindnesses (Okabe and Ito). */
const COLOURS = [
  ...['#e69f00', '#56b4e9', '#f0e442', '#cc79a7', '#0072b2'],
  ...['#009e73', '#ffffff', '#d55e00', '#b49cff', '#9a6b3f'],
] as const;
const OTHERS = '#76818f';
/** As long as a name in the legend is. */
const LONGEST = 60;

/** The map coloured by a person's own expression: what has come of it for this run and this map. */
export function useDataColouring(run: number | undefined, map: BatchMap | undefined): MapColouring | undefined {
  const evaluation = useStudio(state => state.evaluation);
  const isOfMap = map !== undefined && evaluation?.run === run && evaluation?.node === map.node;
  const found = isOfMap ? evaluation?.found : undefined;
  const expression = evaluation?.expression ?? '';
  return useMemo(() => (found && map ? colouringOf(found, map, expression) : undefined), [found, map, expression]);
}

function colouringOf({ entries, classes, mixed }: DataClasses, map: BatchMap, expression: string): MapColouring {
  const colours = coloursOf(entries);
  // Of several batches in one tile the rarest value stands out: it is what one looks for.
  const rarest = entries.toSorted((a, b) => b.count - a.count);
  const weights = [0, ...entries.map(entry => (entry.kind === 'none' ? 0 : rarest.indexOf(entry) + 1))];
  return {
    colouring: {
      colour: index => colours[(classes[index] ?? 0) - 1] ?? NONE,
      weight: index => weights[classes[index] ?? 0] ?? 0,
      isMixed: index => mixed[index] === 1,
    },
    legend: entries.flatMap(({ text: whole, count }, at) => {
      const text = label(whole, LONGEST);
      const why = `${label(expression, LONGEST)}: ${text}`;
      const selection = () => classSelection(rangesOfClass(classes, at + 1), map, why);
      return count === 0 ? [] : [{ colour: colours[at] ?? NONE, text, count, choice: { why, selection } }];
    }),
  };
}

function coloursOf(entries: readonly DataClass[]): readonly string[] {
  const isCondition = entries.every(({ kind, text, count }) => kind !== 'value' || count === 0 || isYesOrNo(text));
  let [values, ranges] = [0, 0];
  return entries.map(({ kind, text }) => {
    switch (kind) {
      case 'range':
        return SCALE_COLOURS[ranges++] ?? OTHERS;
      case 'value':
        if (isCondition && text === 'false') return NONE;
        return COLOURS[values++] ?? OTHERS;
      case 'others':
        return OTHERS;
      case 'none':
        return NONE;
    }
  });
}

function isYesOrNo(text: string): boolean {
  return text === 'true' || text === 'false';
}
