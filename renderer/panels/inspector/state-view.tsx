import { useState } from 'react';
import { label, titleLabel } from '../../model/shown-text.ts';
import { number } from '../../../common/format.ts';
import { GLYPH } from '../../../common/status.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import type { Version } from '../../model/loader.ts';

/** The run's state: each key with its value, its history, and updates that were lost. */
export function StateView({ run, version }: { run: number; version: Version }) {
  const loaded = useLoad(() => api().getState({ run }), [run], version);
  const [open, setOpen] = useState<string>();
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  const { entries, lost } = loaded.value;
  if (entries.length === 0) return <Empty>This run has no state. Steps store state with ctx.state.</Empty>;
  return (
    <ul className="state">
      {entries.map(({ key, value, version: written }) => {
        const lostHere = lost.find(other => other.key === key);
        return (
          <li key={key}>
            <div className="state-row">
              <code title={label(key, 300)}>{label(key, 300)}</code>
              <code className="state-value">
                {label(value.json, 300)}
                {value.truncated && value.json.length < 300 ? '…' : ''}
              </code>
              <Button
                small
                look="quiet"
                aria-expanded={open === key}
                onClick={() => setOpen(open === key ? undefined : key)}
              >
                {number(written)} {written === 1 ? 'write' : 'writes'}
              </Button>
            </div>
            {lostHere && (
              <p className="tone-retrying">
                <span aria-hidden>{GLYPH.retrying} </span>
                {number(lostHere.count)} {lostHere.count === 1 ? 'update was' : 'updates were'} overwritten by a batch
                that had not read {lostHere.count === 1 ? 'it' : 'them'}. Use state.incr or state.update.
              </p>
            )}
            {open === key && <History run={run} name={key} version={version} />}
          </li>
        );
      })}
    </ul>
  );
}

function History({ run, name, version }: { run: number; name: string; version: Version }) {
  const graph = useStudio(state => state.detail?.graph);
  const loaded = useLoad(() => api().getStateHistory({ run, key: name, limit: 200 }), [run, name], version);
  if (loaded.state !== 'loaded' || !graph) return null;
  return (
    <ol className="state-history">
      {loaded.value.map(write => (
        <li key={write.seq} className={write.reverted ? 'reverted' : ''}>
          <span>
            {write.op}
            {write.delta === undefined ? '' : ` ${write.delta > 0 ? '+' : ''}${number(write.delta)}`}
          </span>
          <code>{write.value === undefined ? 'deleted' : label(write.value)}</code>
          <span className="muted">
            {write.path === undefined ? 're-run' : titleLabel(graph, write.path)}
            {write.index === undefined ? '' : ` #${write.index}`}
          </span>
          {write.lost && (
            <span className="tone-retrying">
              overwrote {titleLabel(graph, write.lost.path)}
              {write.lost.index === undefined ? '' : ` #${write.lost.index}`} unread
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
