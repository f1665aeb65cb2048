import { useState } from 'react';
import { unitOf, unitOfRun } from '../../../common/graph-nodes.ts';
import { counted, ITEM, number, type Unit } from '../../../common/format.ts';
import type { ItemAtFault } from '../../../host/api/api.ts';
import { allPass, checkedItems, passText } from '../../model/items/fix-progress.ts';
import { countsText, itemCause, itemName, searchNotes, searchText } from '../../model/items/at-fault.ts';
import { askToRerun } from '../../stores/actions.ts';
import { findItems, inspectItem, stopFinding } from '../../stores/items.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import { SpreadsheetMenu } from '../../ui/spreadsheet-menu.tsx';
import './items-at-fault.css';

const SHOWN = 12;
const NOTES = 5;

/** Above the causes: how many items are at fault, or the way to find out. */
export function ItemsAtFaultBar() {
  const findings = useStudio(state => state.findings);
  const search = useStudio(state => state.search);
  const unit = useUnit();
  // In an exported file nothing can be looked for.
  const canFind = useStudio(state => state.recording === undefined);
  if (!findings || ((!canFind || findings.searchable === 0) && findings.counts.items === 0)) return null;
  const { counts, searchable, searches } = findings;
  const isSearching = search !== undefined && search.state !== 'ended';
  const probes = searches.reduce((sum, searched) => sum + searched.probes, 0);
  const notes = searchNotes(searches, unit);
  return (
    <div className="at-fault-bar" role="group" aria-label="Items at fault">
      {counts.items > 0 && (
        <span className="at-fault-share" aria-hidden>
          <i style={{ width: `${(100 * counts.items) / (counts.items + counts.waiting)}%` }} />
        </span>
      )}
      <p>
        {counts.items > 0 ? (
          <b>{countsText(counts, unit)}</b>
        ) : (
          <b>
            Which {unit[1]} are at fault in {counted(searchable, ['failed batch', 'failed batches'])}?
          </b>
        )}{' '}
        <span className="muted" role={isSearching ? 'status' : undefined}>
          {isSearching
            ? searchText(search)
            : probes > 0
              ? `Found with ${counted(probes, ['probe', 'probes'])}; nothing of them was stored.`
              : ''}
        </span>
      </p>
      <div className="at-fault-actions">
        {counts.items > 0 && !isSearching && (
          <RunButton
            small
            onClick={() =>
              askToRerun(
                { select: 'failed', setAside: { items: 'found' } },
                `the failed batches without the ${counted(counts.items, unit)} at fault`,
              )
            }
          >
            Set aside {counts.items === 1 ? 'it' : `all ${number(counts.items)}`}…
          </RunButton>
        )}
        {!isSearching && (
          <WithHost>
            <SpreadsheetMenu items="failed" />
          </WithHost>
        )}
        {isSearching ? (
          <Button small onClick={stopFinding} disabled={search.state === 'stopping'}>
            Stop
          </Button>
        ) : (
          searchable > 0 && (
            <RunButton small onClick={() => void findItems({})}>
              {searches.length > 0 ? 'Find them again' : 'Find the items at fault'}
            </RunButton>
          )
        )}
      </div>
      {notes.length > 0 && (
        <ul className="at-fault-notes muted">
          {notes.slice(0, NOTES).map(note => (
            <li key={note}>{note}</li>
          ))}
          {notes.length > NOTES && <li>… and {number(notes.length - NOTES)} more batches.</li>}
        </ul>
      )}
    </div>
  );
}

/** Items at fault by their names; each leads to its row in its batch. */
export function ItemNames({ items }: { items: readonly ItemAtFault[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const graph = useStudio(state => state.detail?.graph);
  const check = useStudio(state => state.check);
  if (items.length === 0) return null;
  const shown = isWhole ? items : items.slice(0, SHOWN);
  const checked = checkedItems(items, check);
  const isKnown = checked.some(({ as }) => as !== 'unknown');
  return (
    <ul className="at-fault-names" aria-label="Items at fault">
      {shown.map(item => {
        const unit = graph ? unitOf(graph, item.path) : ITEM;
        return (
          <li key={`${item.scope} ${item.item}`}>
            <button
              type="button"
              className="item-name"
              title={`${unit[0]} ${number(item.item)} of batch ${number(item.batch)}: ${itemCause(item)}`}
              onClick={() => inspectItem(item)}
            >
              {itemName(item, unit)}
            </button>
          </li>
        );
      })}
      {items.length > SHOWN && (
        <li>
          <Button small look="quiet" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? 'Show fewer' : `and ${number(items.length - SHOWN)} more`}
          </Button>
        </li>
      )}
      {isKnown && (
        <li className={allPass(checked) ? 'passes' : 'muted'}>
          {allPass(checked) ? '✓ ' : ''}
          {passText(checked)}
        </li>
      )}
    </ul>
  );
}

/** What the items of the open run are called. */
export function useUnit(): Unit {
  const graph = useStudio(state => state.detail?.graph);
  const nodes = useStudio(state => state.progress?.nodes);
  return graph && nodes ? unitOfRun(graph, nodes) : ITEM;
}
