import { ToldError } from '../../../common/told.ts';
import type { PlannedEffects } from '../../../common/effects.ts';
import type { NodeAnswers } from '../changed-nodes/answers.ts';
import type { BatchPredicate } from '../../store/batch-predicate.ts';

/** From the item: names of members, keys of a Map, indices of a list. Empty: the item itself. */
export type ValuePath = readonly (string | number)[];

/** Which batches to re-run, and what becomes of the work of nodes that have changed. */
export interface RerunRequest extends NodeAnswers {
  /** A node's name or path; without it, every node. */
  readonly node?: string | undefined;
  /** 'failed' also takes the cancelled ones; numbers are indices among the node's batches, from 0. */
  readonly batches: 'failed' | 'all' | readonly number[] | BatchPredicate;
  /** Re-runs all steps of failed batches, also those that succeeded. Without it they resume at the step that failed. */
  readonly fromStart?: boolean | undefined;
  /** Takes only the first of them. */
  readonly tryOne?: boolean | undefined;
  /** Other items for the one batch that is chosen: the codec's text of an array. Implies `fromStart`. */
  readonly items?: string | undefined;
  /** The items as they were shown to who edited them: what is the same in both stays as it is stored. */
  readonly itemsShown?: string | undefined;
  /** Items that their batches go without from now on. These batches are re-run from their start. */
  readonly setAside?:
    | {
        /** `found`: those found at fault in the batches that are re-run. */
        readonly items: 'found' | readonly ItemPlace[];
        /** Who says so, what they say of it, and when; without `who`, the workflow itself. */
        readonly who?: string | undefined;
        readonly reason?: string | undefined;
        readonly at: number;
      }
    | undefined;
  /** Items set aside that their batches get back. These batches are re-run from their start. */
  readonly takeBack?: 'all' | readonly (ItemPlace & EditedItem)[] | undefined;
  /** Items that stay in their batches with other values. These batches are re-run from their start. */
  readonly correct?: readonly CorrectedItem[] | undefined;
  /** Of items corrected in a file, set aside or not: how many cells of it. */
  readonly cells?: number | undefined;
  /** Who corrected them, as the file says. */
  readonly by?: string | undefined;
}

/** An item by its place, and its value from now on, in the codec's text. */
export type CorrectedItem = ItemPlace & { readonly value: string };

/** An item by its index among those that its batch was created with, from 0; and its batch, by its index or its scope. */
export type ItemPlace = { readonly item: number } & ({ readonly batch: number } | { readonly scope: number });

/** What a person has made of an item, in the codec's text, and what was shown of it. */
export interface EditedItem {
  readonly value?: string | undefined;
  readonly shown?: string | undefined;
  /** Values in some places of the item instead, each in the codec's text, one after the other. */
  readonly edits?: readonly { readonly path: ValuePath; readonly value: string }[] | undefined;
}

/** What a re-run touches. */
export interface RerunReport {
  readonly nodes: readonly { readonly path: string; readonly batches: number; readonly indices: readonly number[] }[];
  /** Nodes outside any batch that are executed again because they failed, or because the request names them. */
  readonly steps: readonly string[];
  readonly reused: {
    /** Succeeded batches of the same nodes, which stay as they are. */
    readonly batches: number;
    /** Checkpoints inside the batches that are re-run. */
    readonly steps: number;
  };
  /**
   * Batches of the outermost batch nodes that had not ended, and that the request does not name: they are executed, too,
   * because the run goes on.
   */
  readonly waiting: readonly { readonly path: string; readonly batches: number }[];
  /** Nodes that come later, had succeeded, and are executed again because what they depend on may change. */
  readonly repeats: readonly string[];
  /** Additions to the run's state that are taken back, because the steps that made them are repeated. */
  readonly takenBack: readonly { readonly key: string; readonly by: number }[];
  /** Keys that repeated steps changed in ways that cannot be taken back: the steps make the change once more. */
  readonly notTakenBack: readonly string[];
  /** Effects of the steps that are executed again: skipped because they are done, or unknown. */
  readonly effects: readonly PlannedEffects[];
  /** Nodes whose work is taken out of use, because the request says so. */
  readonly discarded: readonly string[];
  /** Items that their batches go without from now on, by node. */
  readonly setAside: readonly MovedItems[];
  /** Items that their batches get back. */
  readonly takenIn: readonly MovedItems[];
}

/** Items of a batch node that are set aside, or taken back in. */
export interface MovedItems {
  readonly path: string;
  readonly items: number;
  readonly batches: number;
  /** The first of them: what the author calls each, or `batch:item`. */
  readonly names: readonly string[];
}

/** Nothing can be re-run, or not what was asked for. */
export class RerunError extends ToldError {
  override readonly name = 'RerunError';
}
