import type { FailureCause } from '../../host/api/api.ts';

/** The colours of causes, as places in a list of colours. */
export interface CauseColours {
  /** By a cause's place among those of the map. */
  readonly colourOf: (place: number) => number;
  readonly legend: readonly { readonly colour: number; readonly text: string }[];
}

/**
 * Gives the most frequent causes a colour of their own, and all others the last one together.
 * @param fingerprints Of the causes on the map, in any order
 * @param known Causes in words, the most frequent first. One that is not among them has no name: it is among the others.
 * @param colours How many there are
 */
export function causeColours(
  fingerprints: readonly string[],
  known: readonly FailureCause[],
  colours: number,
): CauseColours {
  const last = colours - 1;
  const onMap = new Set(fingerprints);
  const messages = new Map<string, string>();
  // Of nodes that fail alike, the one that failed more is there first.
  for (const { fingerprint, message } of known)
    if (onMap.has(fingerprint) && !messages.has(fingerprint)) messages.set(fingerprint, message);
  const named = [...messages];
  const own = named.length === onMap.size && named.length <= colours ? named : named.slice(0, last);
  const colourAt = new Map(own.map(([fingerprint], colour) => [fingerprint, colour]));
  const legend = own.map(([, text], colour) => ({ colour, text }));
  if (own.length < onMap.size)
    legend.push({ colour: last, text: onMap.size - own.length === 1 ? 'another cause' : 'other causes' });
  return { colourOf: place => colourAt.get(fingerprints[place] ?? '') ?? last, legend };
}
