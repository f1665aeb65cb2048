import { z } from 'zod';
import type { Cell } from '../../spreadsheet/cells.ts';
import { scopeId } from './common.ts';

/** The number of a corrected file, counted since the workspace was opened. */
export const correctedFileId = z.int().positive();

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]) satisfies z.ZodType<Cell>;

const correctedRow = z.object({
  /** In the file, as a spreadsheet numbers it. */
  row: z.number(),
  scope: scopeId,
  path: z.string(),
  batch: z.number(),
  item: z.number(),
  /** What the author calls the item. */
  label: z.string().optional(),
  isSetAside: z.boolean(),
  cells: z.array(z.object({ column: z.string(), before: cell, after: cell })),
});

/** What a corrected file changes, compared with the run. Of the rows, the first 1,000 of each kind. */
export const corrections = z.object({
  id: correctedFileId,
  /** Who saved the file last, where it says so. */
  by: z.string().optional(),
  counts: z.object({ cells: z.number(), items: z.number(), refused: z.number(), unchanged: z.number() }),
  refused: z.array(z.object({ row: z.number(), why: z.string() })),
  corrected: z.array(correctedRow),
  /** Columns that no item has. */
  ignored: z.array(z.string()),
});

/** What became of a corrected item in a test, which stores nothing. */
export const triedRow = z.object({
  row: z.number(),
  outcome: z.enum(['passes', 'needs-effect', 'fails', 'refused']),
  /** Why it does not pass. */
  why: z.string().optional(),
});
