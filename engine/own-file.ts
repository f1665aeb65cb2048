/** A module of ours beside the one that asks: `.ts` in a checkout, `.js` once built. */
export function ownFile(path: string, from: string): URL {
  return new URL(`${path}.${from.endsWith('.ts') ? 'ts' : 'js'}`, from);
}
