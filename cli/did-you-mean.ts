import { nearest } from '../engine/workflow/nearest.ts';

/** What to say to a name that there is not: the one that was probably meant, or all there are. `prefix` stands before each. */
export function didYouMean(name: string, names: readonly string[], prefix = ''): string {
  const near = nearest(name, names);
  return near === undefined
    ? `It has ${names.map(known => `${prefix}${known}`).join(', ')}.`
    : `Did you mean ${prefix}${near}?`;
}
