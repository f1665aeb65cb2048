import { oneLine } from '../common/safe-text.ts';

const LONGEST = 80;

/** A name of the author's as the system's own windows may show it: on one line, and without what would move or hide text. */
export function dialogText(name: string): string {
  return oneLine(name, LONGEST);
}
