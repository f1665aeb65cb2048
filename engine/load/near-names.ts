import { readdirSync } from 'node:fs';
import { extname } from 'node:path';

import { distance } from 'fastest-levenshtein';

/** The names in a folder that someone who wrote `name` may have meant, nearest first; [] when the folder can't be read. */
export function nearNames(name: string, folder: string): string[] {
  return namesIn(folder)
    .map(candidate => ({ candidate, slips: slipsBetween(name, candidate) }))
    .filter(({ candidate, slips }) => slips <= mostSlips(stem(candidate).length))
    .toSorted((a, b) => a.slips - b.slips || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The names in a folder, in order; [] when it can't be read. For suggestions only. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    // A suggestion is a courtesy: without the folder there is none, and the caller reports what is wrong.
    return [];
  }
}

/** Two letters swapped are two slips, which must not make every short name like every other. */
function mostSlips(length: number): number {
  return Math.max(Math.min(2, Math.floor(length / 2)), Math.floor(length / 3));
}

/** A forgotten or mistaken extension is no slip at all: `flow` and `flow.js` both mean flow.ts. */
function slipsBetween(name: string, candidate: string): number {
  const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
  return Math.min(distance(a, b), distance(stem(a), stem(b)));
}

function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}
