import { number, type Unit } from '../../../common/format.ts';
import type { Stretch } from './chance.ts';
import type { Statement } from './in-common.ts';

/** How many there are of each: what is said of some is said of how many. */
export interface Figures {
  readonly atFault: number;
  /** The others that were looked at. */
  readonly others: number;
  readonly unit: Unit;
}

/** `All 37 films at fault have in common: ``country`` has nothing in it; none of the 3,164 that succeeded has it.` */
export function sentence({ features, atFault, others }: Statement, figures: Figures): string {
  const what = features.map(({ words }) => words).join(' and ');
  const rest =
    others === 0
      ? `none of the ${number(figures.others)} that succeeded has it`
      : `so ${others === 1 ? 'has' : 'have'} ${number(others)} of the ${number(figures.others)} that succeeded`;
  return `${who(atFault, figures)} have in common: ${what}; ${rest}.`;
}

/** `All 37 films at fault lie between number 1,200 and number 1,264.` */
export function stretchSentence({ from, to, atFault }: Stretch, figures: Figures): string {
  const [one] = figures.unit;
  return `${who(atFault, figures)} lie between ${one} ${number(from + 1)} and ${one} ${number(to + 1)}.`;
}

function who(count: number, { atFault, unit: [, many] }: Figures): string {
  return count === atFault
    ? `All ${number(atFault)} ${many} at fault`
    : `${number(count)} of the ${number(atFault)} ${many} at fault`;
}
