import { z } from 'zod';
import type { Methods } from './method.ts';
import { SHEET_ITEMS } from '../../spreadsheet/which-items.ts';
import { LARGEST_FILE } from '../protocol.ts';
import { bytes, none, ofRun, outcome, runId, scopeId, storedError } from '../schemas/common.ts';
import { correctedFileId, corrections, triedRow } from '../schemas/corrections.ts';
import { debugging } from '../schemas/debugging.ts';
import { setAsideKey, setAsidePage, setAsideRow } from '../schemas/set-aside.ts';
import {
  histogram,
  inCommon,
  itemAtFault,
  itemCheck,
  itemSearch,
  pinnedItem,
  savedFile,
  searchedBatch,
} from '../schemas/items.ts';
import { shownValue } from '../schemas/values.ts';

/** Items at fault, set aside and corrected. */
export const ITEM_METHODS = {
  /** The items at fault of the batches that stand as failed: `counts` of all, and the first 1,000 of them. */
  getFindings: {
    args: ofRun,
    result: z.object({
      counts: z.object({ items: z.number(), batches: z.number(), waiting: z.number() }),
      /** How many failed batches can be searched. */
      searchable: z.number(),
      items: z.array(itemAtFault),
      searches: z.array(searchedBatch),
      search: itemSearch.optional(),
      check: itemCheck.optional(),
    }),
  },
  /**
   * Looks for the items at fault of failed batches: of all, of a node by its path, or of those with these indices. `onSearch` events
   * follow. `asks`: nothing has begun, because steps that are not `pure` would be executed. `allow` says yes to that, once for
   * each workflow.
   */
  findItems: {
    args: z.object({
      run: runId,
      node: z.string().max(2000).optional(),
      batches: z.array(z.int().nonnegative()).max(10_000).optional(),
      allow: z.boolean().optional(),
    }),
    result: outcome(z.object({ asks: z.boolean() })),
  },
  /** Ends the search in a run. What it has found so far stays. */
  stopFinding: { args: ofRun, result: none },

  /**
   * Tries the items at fault with the code as it is now; `onCheck` events follow. It also happens by itself when a file of a
   * watched run is saved. `allow` as in `findItems`.
   */
  checkItems: { args: z.object({ run: runId, allow: z.boolean().optional() }), result: outcome(none) },
  /** What the items at fault have in common, for each batch node that has some. */
  getInCommon: { args: ofRun, result: z.object({ nodes: z.array(inCommon) }) },
  /** The values of a field in the items at fault of a batch node, and in the others. */
  getHistogram: {
    args: z.object({ run: runId, path: z.string().max(2000), field: z.string().max(2000) }),
    result: histogram,
  },
  /** What the failing line names for an item at fault, with the code as it is now. `asks` and `allow` as in `findItems`. */
  getValues: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(
      z.object({
        asks: z.boolean(),
        /** What it comes to now; absent if it was not executed. `passes` up to an effect, which is not executed: `needs-effect`. */
        outcome: z.enum(['passes', 'needs-effect', 'fails']).optional(),
        /** What it fails with now. */
        error: storedError.optional(),
        values: z.array(z.object({ name: z.string(), text: z.string() })),
      }),
    ),
  },
  /**
   * Executes a failed batch in a process that waits for a debugger, and stops at the failing step. `onDebugging` events follow. One at a
   * time. `asks` and `allow` as in `findItems`.
   */
  debugBatch: {
    args: z.object({
      run: runId,
      node: z.string().max(2000),
      batch: z.int().nonnegative(),
      scope: scopeId,
      allow: z.boolean().optional(),
    }),
    result: outcome(z.object({ asks: z.boolean() })),
  },
  /** Ends the process. */
  stopDebugging: { args: none, result: none },
  /** What is executed in a debugger, or was the last time. */
  getDebugging: { args: none, result: z.object({ debugging: debugging.optional() }) },
  /**
   * Takes away from an item at fault what its failure does not need, in at most 200 probes. `stopShrinking` ends it.
   * `asks` and `allow` as in `findItems`.
   */
  shrinkItem: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(pinnedItem),
  },
  /** Whether the code or the data is at fault, as far as three probes tell. `stopShrinking` ends it. `asks` and `allow` as in `findItems`. */
  getCodeOrData: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(pinnedItem),
  },
  stopShrinking: { args: ofRun, result: none },
  /**
   * Writes a test of an item at fault beside the workflow: of the whole item with those that it fails together with, or of what makes
   * it fail alone. Nothing is written over. `asks` and `allow` as in `findItems`.
   */
  pinItem: {
    args: z.object({
      run: runId,
      scope: scopeId,
      item: z.int().nonnegative(),
      smallest: z.boolean(),
      allow: z.boolean().optional(),
    }),
    result: outcome(pinnedItem),
  },
  /** What was saved in the files of a run since it was executed, the latest first. */
  getSavedChange: { args: ofRun, result: z.object({ files: z.array(savedFile) }) },
  /** Items that are set aside. */
  getSetAside: {
    args: ofRun.extend(setAsidePage),
    result: z.object({
      items: z.array(setAsideRow),
      total: z.number(),
    }),
  },
  /** The same as JSON lines with the key of the last one, as `cronflow export --set-aside` writes them. */
  exportSetAside: {
    args: ofRun.extend(setAsidePage),
    result: z.object({ lines: z.array(z.string()), last: setAsideKey.optional() }),
  },
  /** One of them as text that can be edited. */
  getItemSetAside: {
    args: ofRun.extend({ scope: scopeId, item: z.int().nonnegative() }),
    result: shownValue,
  },

  /** Items that are to be corrected as a file for a spreadsheet. `rows`: how many items it has. */
  exportItems: {
    args: ofRun.extend({
      items: z.enum(SHEET_ITEMS),
      format: z.enum(['xlsx', 'csv']),
      node: z.string().max(2000).optional(),
    }),
    result: z.object({ file: bytes, rows: z.number() }),
  },
  /** Compares a file that somebody has corrected with the run. The host holds it until `closeCorrections`, or until 20 others were opened. */
  openCorrections: {
    args: ofRun.extend({
      file: bytes.refine(({ length }) => length <= LARGEST_FILE, 'it is too large'),
      name: z.string().max(1000),
    }),
    result: outcome(corrections),
  },
  /**
   * Executes the steps over corrected items from a place in `corrected` on, each item alone, for some seconds. Nothing is stored. `next`:
   * where to go on, null at the end. `asks` and `allow` as in `findItems`.
   */
  tryCorrections: {
    args: ofRun.extend({ id: correctedFileId, from: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(z.object({ asks: z.boolean(), tried: z.array(triedRow), next: z.number().nullable() })),
  },
  closeCorrections: { args: z.object({ id: correctedFileId }), result: none },
} as const satisfies Methods;
