/* It stands apart from sheet-items.ts, so that the contract does not load the store. */

/** Items that are to be corrected: in failed batches, set aside, or both. */
export const SHEET_ITEMS = ['failed', 'set-aside', 'all'] as const;
export type SheetItems = (typeof SHEET_ITEMS)[number];
