import { number } from '../../common/format.ts';
import { label } from './shown-text.ts';

const LONGEST = 60;

/** A batch by its number, and by what the author calls it: `batch 16`, or `batch 16 (Order 17)`. */
export function batchName(index: number, name?: string): string {
  return name === undefined ? `batch ${number(index)}` : `batch ${number(index)} (${label(name, LONGEST)})`;
}

/** The same at the beginning of a sentence. */
export function titledBatch(index: number, name?: string): string {
  return `B${batchName(index, name).slice(1)}`;
}
