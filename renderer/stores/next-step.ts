import { allPass, checkedItems } from '../model/items/fix-progress.ts';
import type { StudioState } from './studio.ts';

/**
 * Whether the next step stands nearer to what a person looks at than the header does: beside a selection, in the sheet of
 * a re-run, or below the items that pass now. One button on the screen is filled, and it is that one.
 */
export function isNextStepNearer(state: StudioState): boolean {
  const { selection, findings, check } = state;
  const items = findings?.items ?? [];
  return (
    selection !== undefined || isSheetToConfirm(state) || (items.length > 0 && allPass(checkedItems(items, check)))
  );
}

/** Whether a re-run that is to climb is on the screen, and waits for its first click. */
export function isSheetToConfirm({ climbAsked, panels }: StudioState): boolean {
  return climbAsked !== undefined && panels.inspector;
}
