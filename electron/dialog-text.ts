import { oneLine } from '../common/safe-text.ts';

const LONGEST = 80;

/** A name from a workflow, safe for windows of the system: on one line, and without characters that move or hide text. */
export function dialogText(name: string): string {
  return oneLine(name, LONGEST);
}
