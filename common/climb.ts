/*
 * A re-run that climbs: one batch, ten, a hundred and so on, each rung a re-run of its own. What a rung does not name stays as it is, so that
 * nothing is touched that was not reached, whenever and however the climb ends.
 */

export interface Rung {
  /** Indices of batches, in order. */
  readonly batches: readonly number[];
  /** How many of them may fail: with more, no other rung begins. */
  readonly most: number;
}

/** A batch to be re-run, and why it failed. */
export interface BatchToClimb {
  readonly index: number;
  readonly cause: string | undefined;
}

/** Rungs grow tenfold up to here: so that what fails from some point on is noticed before all have been tried. */
const LARGEST_RUNG = 10_000;
const SECOND_RUNG = 10;

/** How many batches of a rung may fail: of one none, of more 5 %, and at least 2. */
export function mostFailures(batches: number): number {
  return batches === 1 ? 0 : Math.max(2, Math.floor(batches * 0.05));
}

/** The first batch alone; then ten, of each cause in turn, so that none waits for the last rung; then ten times as many, and so on. */
export function rungsOf(batches: readonly BatchToClimb[]): Rung[] {
  const [first, ...others] = batches;
  if (!first) return [];
  const rungs = [rungOf([first.index])];
  const second = ofEachCause(others, SECOND_RUNG);
  if (second.length > 0) rungs.push(rungOf(second.toSorted((a, b) => a - b)));
  const taken = new Set(second);
  const rest = others.map(({ index }) => index).filter(index => !taken.has(index));
  for (
    let from = 0, size = SECOND_RUNG * 10;
    from < rest.length;
    from += size, size = Math.min(LARGEST_RUNG, size * 10)
  )
    rungs.push(rungOf(rest.slice(from, from + size)));
  return rungs;
}

function rungOf(batches: readonly number[]): Rung {
  return { batches, most: mostFailures(batches.length) };
}

function ofEachCause(batches: readonly BatchToClimb[], count: number): number[] {
  const byCause = new Map<string | undefined, number[]>();
  for (const { index, cause } of batches) {
    const alike = byCause.get(cause);
    if (!alike) byCause.set(cause, [index]);
    else if (alike.length < count) alike.push(index);
  }
  const chosen: number[] = [];
  for (let turn = 0; turn < count && chosen.length < count; turn++)
    for (const alike of byCause.values()) {
      const index = alike[turn];
      if (index !== undefined && chosen.length < count) chosen.push(index);
    }
  return chosen;
}

/** What has become of the batches of a rung. */
export interface RungEnd {
  readonly succeeded: number;
  readonly failed: number;
  /** Neither: its re-run was stopped before they had their turn. */
  readonly open: number;
  /** How often the batches that failed have been tried, at most. */
  readonly attempts: number;
  /** Why most of those that failed did. */
  readonly cause?: { readonly message: string; readonly batches: number } | undefined;
}

/** Whether the next rung may begin. */
export function mayClimb({ failed, open }: RungEnd, { most }: Pick<Rung, 'most'>): boolean {
  return failed <= most && open === 0;
}

/** When a rung ends the climb: said before it begins. */
export function stopRuleText({ most, batches }: { readonly most: number; readonly batches: number }): string {
  return batches === 1 ? 'stops if it fails again' : `stops when more than ${most} fail`;
}
