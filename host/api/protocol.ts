/* What a page needs to know of the contract, apart from it: a page must not carry all schemas. */

/** Raised whenever a shape in api.ts changes. */
export const PROTOCOL = 7;

/** Characters of the longest text that a page may send: a payload, or the items of a batch. */
export const LARGEST_TEXT = 5_000_000;
