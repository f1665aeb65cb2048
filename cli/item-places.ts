import { clip } from '../common/safe-text.ts';
import type { ItemPlace, RerunRequest } from '../engine/run/rerun/request.ts';
import { userName } from '../engine/user-name.ts';
import { text, type Arguments } from './arguments.ts';
import { itemEdits } from './item-edits.ts';
import { UsageError } from './usage.ts';

/** More at a time would not fit into a command line. */
const LONGEST = 100_000;

/** What `--set-aside`, `--take-back`, `--edit` and `--reason` say. `names`: batches are named by their items. @throws UsageError */
export function itemsMoved(values: Arguments['values']): {
  readonly moved: Pick<RerunRequest, 'setAside' | 'takeBack'>;
  readonly names: boolean;
} {
  const aside = text(values['set-aside']);
  const back = text(values['take-back']);
  const reason = text(values.reason);
  if (reason !== undefined && aside === undefined)
    throw new UsageError('--reason says why items are set aside: give it with --set-aside.');
  const setAside = aside === 'found' || aside === undefined ? aside : itemPlaces('set-aside', aside, 'found');
  const takeBack = back === 'all' || back === undefined ? back : itemPlaces('take-back', back, 'all');
  const edits = itemEdits(values);
  if (edits.length > 0 && (!Array.isArray(takeBack) || takeBack.length !== 1))
    throw new UsageError(
      '--edit corrects one item as it is taken back in: give it with --take-back and the item, such as --take-back 2:17.',
    );
  return {
    moved: {
      ...(setAside !== undefined && { setAside: { items: setAside, reason, who: userName(), at: Date.now() } }),
      ...(takeBack !== undefined && {
        takeBack: edits.length > 0 && takeBack !== 'all' ? takeBack.map(place => ({ ...place, edits })) : takeBack,
      }),
    },
    names: takeBack !== undefined || (setAside !== undefined && setAside !== 'found'),
  };
}

function itemPlaces(option: string, given: string, word: string): ItemPlace[] {
  return given.split(',', LONGEST).map(part => {
    const [, batch, item] = /^\s*(\d{1,15}):(\d{1,15})\s*$/.exec(part) ?? [];
    if (batch === undefined || item === undefined)
      throw new UsageError(
        `--${option} ${JSON.stringify(clip(given, 100))}: write ${word}, or items as batch:item, both from 0, such as 2:17,4:3.`,
      );
    return { batch: Number(batch), item: Number(item) };
  });
}
