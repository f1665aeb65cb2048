/** How a search for the items at fault of a batch has ended. */
export interface SearchEnd {
  /** Why what was found is not certain, or not all. */
  readonly why: 'whole-batch' | 'keeps-state' | 'effect' | undefined;
  readonly isComplete: boolean;
  /** How many items were found. */
  readonly items: number;
  /** More items than so many fail, whichever they are. */
  readonly limit: object | undefined;
}

/** Why a search does not say all; undefined where it does. @param more How it is given more time */
export function searchNote({ why, isComplete, items, limit }: SearchEnd, more: string): string | undefined {
  if (why === 'whole-batch')
    return 'its steps need the whole batch, because also an item of a batch that has succeeded fails alone. No item can be told from the others.';
  if (why === 'keeps-state')
    return 'its steps keep something from one call to the next, so that what was found is not certain.';
  if (why === 'effect')
    return 'its steps were executed up to an effect that the run has not done yet, and not further. There may be more.';
  if (!isComplete) return `the search has stopped before its end. There may be more: ${more}`;
  return items === 0 && limit === undefined ? 'it passes with the code as it is now.' : undefined;
}
