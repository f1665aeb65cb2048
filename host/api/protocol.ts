/* What a page needs of the contract at run time. It stands apart from api.ts, so that a page does not load all schemas. */

/** Raised whenever a shape of the contract changes. */
export const PROTOCOL = 59;

/** How many ranges of indices may name batches. */
export const MOST_RANGES = 500_000;

/** The largest file that a page may send, in bytes. */
export const LARGEST_FILE = 20_000_000;

/** The longest text that a page may send, in characters: a payload, or the items of a batch. */
export const LARGEST_TEXT = 5_000_000;
