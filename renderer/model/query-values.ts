/* What parts of an address are read as. Nothing in it is trusted. */

/** A number without a sign or a fraction. */
export function whole(text: string | null | undefined): number | undefined {
  const value = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The first one, where it is none of them. */
export function oneOf<const T extends string>(known: readonly [T, ...T[]], text: string | null | undefined): T {
  return known.find(one => one === text) ?? known[0];
}
