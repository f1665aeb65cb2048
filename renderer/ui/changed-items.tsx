import { number } from '../../common/format.ts';
import type { ShownValue } from '../../host/api/api.ts';
import { diffItems, type ItemDiff } from '../model/items/item-diff.ts';
import { useLoad } from '../hooks/use-load.ts';
import { api } from '../stores/host.ts';
import { ItemChanges } from './item-diff.tsx';

interface Attempt {
  readonly run: number;
  readonly scope: number;
  /** Not the first one: it is compared with the one before. */
  readonly attempt: number;
}

/** What is other in the items that an attempt of a batch began with than in those of the attempt before: only what has changed. */
export function ChangedItems({ run, scope, attempt }: Attempt) {
  const loaded = useLoad(() => changesOf({ run, scope, attempt }), [run, scope, attempt]);
  if (loaded.state === 'loading') return null;
  if (loaded.state === 'failed') return <p className="wrong">{loaded.message}</p>;
  const changes = loaded.value;
  if (changes === 'same') return null;
  return (
    <>
      <p className="tone-retrying">Other items than in attempt {number(attempt - 1)}:</p>
      {changes !== 'too large' && <ItemChanges diff={changes} />}
    </>
  );
}

async function changesOf({ run, scope, attempt }: Attempt): Promise<ItemDiff | 'same' | 'too large'> {
  const [before, after] = await Promise.all([attempt - 1, attempt].map(wanted => itemsOf(run, scope, wanted)));
  if (!before || !after || before.truncated || after.truncated) return 'too large';
  return before.json === after.json ? 'same' : diffItems(before.json, after.json);
}

/** In characters: comparing more takes a moment. */
const LARGEST = 2_000_000;

async function itemsOf(run: number, scope: number, attempt: number): Promise<ShownValue> {
  const first = await api().getItems({ run, scope, attempt });
  return first.truncated && first.size <= LARGEST ? await api().getItems({ run, scope, attempt, full: true }) : first;
}
