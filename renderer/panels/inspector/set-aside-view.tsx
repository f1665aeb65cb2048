import { useState } from 'react';
import type { SetAsideRow } from '../../../host/api/api.ts';
import { counted, dateAndTime, ITEM, number } from '../../../common/format.ts';
import { unitOfRun } from '../../../common/graph-nodes.ts';
import { GLYPH } from '../../../common/status.ts';
import type { Version } from '../../model/loader.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import { askToRerun, openDialog } from '../../stores/actions.ts';
import { saveSetAside } from '../../stores/save-set-aside.ts';
import { firstSetAside } from '../../stores/set-aside-pages.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { SpreadsheetMenu } from '../../ui/spreadsheet-menu.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import './set-aside-view.css';

const PAGE = 100;

/** The items that their batches went without: each with the reason, who said so and when, and what can be done with it. */
export function SetAsideView({ run, version }: { run: number; version: Version }) {
  const [limit, setLimit] = useState(PAGE);
  const loaded = useLoad(() => firstSetAside(run, limit), [run], `${version} ${limit}`);
  const unit = useStudio(state =>
    state.detail && state.progress ? unitOfRun(state.detail.graph, state.progress.nodes) : ITEM,
  );
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  const { items, total } = loaded.value;
  if (total === 0) return <Empty>Nothing is set aside.</Empty>;
  return (
    <>
      <div className="aside-head">
        <b className="numbers">{counted(total, unit)} set aside</b>
        <WithHost>
          <Button small onClick={() => void saveSetAside(run)}>
            Save as JSON lines
          </Button>
          <SpreadsheetMenu items="set-aside" />
        </WithHost>
        <RunButton
          small
          onClick={() =>
            askToRerun({ select: 'none', takeBack: 'all' }, `the batches of the ${counted(total, unit)} set aside`)
          }
        >
          Take {total === 1 ? 'it' : `all ${number(total)}`} back in…
        </RunButton>
      </div>
      <ul className="aside">
        {items.map(item => (
          <Item key={`${item.scope} ${item.item}`} item={item} unit={unit[0]} />
        ))}
      </ul>
      {items.length < total && (
        <Button small onClick={() => setLimit(limit + PAGE)}>
          Show more
        </Button>
      )}
    </>
  );
}

function Item({ item: row, unit }: { item: SetAsideRow; unit: string }) {
  const graph = useStudio(state => state.detail?.graph);
  const { scope, item, path, batch, position, label: name, value, message, reason, who, at } = row;
  const called = name === undefined ? `${unit} ${number(item)}` : label(name, 200);
  return (
    <li>
      <span className="tone-setAside" aria-hidden>
        {GLYPH.setAside}
      </span>
      <b>{called}</b>
      <span className="muted numbers">
        {graph && titleLabel(graph, path)} · batch {number(batch)} · position {number(position)}
      </span>
      {message !== undefined && <small className="tone-failed">{label(message, 300)}</small>}
      {reason !== undefined && <span>“{label(reason, 300)}”</span>}
      <code className="state-value">{label(value.json, 300)}</code>
      <small className="muted">
        {who === undefined ? 'by the workflow itself' : `by ${label(who, 80)}`}, {dateAndTime(at)}
      </small>
      <span className="aside-actions">
        <WithHost>
          <Button small onClick={() => openDialog({ kind: 'edit-aside', scope, item, name: called })}>
            Edit…
          </Button>
        </WithHost>
        <RunButton
          small
          onClick={() => askToRerun({ select: 'none', takeBack: [{ scope, item }] }, `batch ${batch} with ${called}`)}
        >
          Take back in…
        </RunButton>
      </span>
    </li>
  );
}
