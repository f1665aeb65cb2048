import { useState } from 'react';
import { unitOf } from '../../../common/graph-nodes.ts';
import { counted, ITEM } from '../../../common/format.ts';
import type { ItemCheck, StoredError } from '../../../host/api/api.ts';
import { itemName } from '../../model/items/at-fault.ts';
import { label } from '../../model/shown-text.ts';
import { openInEditor } from '../../stores/actions.ts';
import { codeOrData, pinItem, shrinkItem, stopShrinking, type PinnedItem } from '../../stores/items.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { useItemOfError } from './item-of-error.ts';
import './pin-item.css';

/** What an item came to, and of which item and code that is. */
interface Known {
  readonly of: string;
  readonly after: ItemCheck | undefined;
  readonly smallest?: PinnedItem | undefined;
  readonly pinned?: PinnedItem | undefined;
  readonly judged?: PinnedItem | undefined;
}

/** Below the failing line: the part of an item that makes it fail, and a test of it. */
export function PinItem({ run, scope, error }: { run: number; scope: number; error: StoredError }) {
  const graph = useStudio(state => state.detail?.graph);
  // Another one with each save: what was found before it is not of the code as it is now.
  const check = useStudio(state => state.check);
  const item = useItemOfError(scope, error);
  const [known, setKnown] = useState<Known>();
  const [busy, setBusy] = useState<'judging' | 'shrinking' | 'pinning'>();
  if (!item) return null;
  const of = `${run} ${scope} ${item.item}`;
  const name = itemName(item, graph ? unitOf(graph, item.path) : ITEM);
  const shown = known?.of === of && known.after === check ? known : undefined;
  const note = (news: Partial<Known>) =>
    setKnown(before => ({ ...(before?.of === of ? before : {}), of, after: studio.getState().check, ...news }));
  const shrink = async () => {
    setBusy('shrinking');
    const smallest = await shrinkItem(item);
    setBusy(undefined);
    if (smallest && smallest.outcome !== 'stopped') note({ smallest });
  };
  const judge = async () => {
    setBusy('judging');
    const judged = await codeOrData(item);
    setBusy(undefined);
    if (judged && judged.outcome !== 'stopped') note({ judged });
  };
  const pin = async (isSmallest: boolean) => {
    setBusy('pinning');
    const pinned = await pinItem(item, isSmallest);
    setBusy(undefined);
    if (pinned && pinned.outcome !== 'stopped') note({ pinned });
  };
  const smallest = shown?.smallest?.smallest;
  const passes =
    shown?.smallest?.outcome === 'passes' || shown?.pinned?.outcome === 'passes' || shown?.judged?.outcome === 'passes';
  const verdict = shown?.judged?.codeOrData;
  return (
    <div className="pin-item" role="group" aria-label={`Smallest failing item and test of ${name}`}>
      {passes && <p className="muted">{name} passes with the code as it is now.</p>}
      {verdict && !passes && <p role="status">{label(verdict.text, 1_000)}</p>}
      {smallest && !passes && (
        <p className="smallest-item">
          {name} fails with only <code>{label(smallest.text, 500)}</code>{' '}
          <span className="muted">
            {counted(smallest.probes, ['probe', 'probes'])}
            {smallest.isSmallest ? '' : '; it may not be the smallest'}
          </span>{' '}
          <CopyButton text={() => smallest.text}>Copy</CopyButton>
          <RunButton small disabled={busy !== undefined} onClick={() => void pin(true)}>
            Pin this part
          </RunButton>
        </p>
      )}
      {shown?.pinned?.pinned && <PinnedFile {...shown.pinned.pinned} />}
      {busy === 'shrinking' || busy === 'judging' ? (
        <>
          <span className="muted" role="status">
            {busy === 'judging'
              ? `Trying ${name} with an older version of the code…`
              : `Making ${name} smaller, in at most 200 probes…`}
          </span>
          <Button small onClick={stopShrinking}>
            Stop
          </Button>
        </>
      ) : (
        <>
          {!verdict && (
            <RunButton small disabled={busy !== undefined} onClick={() => void judge()}>
              Code or data?
            </RunButton>
          )}
          {item.others.length === 0 && !smallest && (
            <RunButton small disabled={busy !== undefined} onClick={() => void shrink()}>
              Smallest failing item
            </RunButton>
          )}
          <RunButton small disabled={busy !== undefined} onClick={() => void pin(false)}>
            {busy === 'pinning' ? 'Pinning…' : 'Pin as a test'}
          </RunButton>
        </>
      )}
    </div>
  );
}

function PinnedFile({ file, wasThere, missing, left }: NonNullable<PinnedItem['pinned']>) {
  return (
    <p role="status">
      {wasThere ? 'This very test is there already: ' : 'Pinned: '}
      <code>{label(file, 200)}</code> fails until the item passes.{' '}
      {left.length > 0 && `Add what it needs of ${left.map(step => label(step, 80)).join(', ')}, which is too large. `}
      {missing.length > 0 && `Install ${missing.join(' and ')} to run it. `}
      <Button small onClick={() => void openInEditor(file)}>
        Open in editor
      </Button>
    </p>
  );
}
