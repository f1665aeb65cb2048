import { ago, dateAndTime, number, timeUntil } from '../../../common/format.ts';
import type { SharedEntry } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useNow } from '../../hooks/use-now.ts';
import type { Version } from '../../model/loader.ts';
import { label } from '../../model/shown-text.ts';
import { api } from '../../stores/host.ts';
import { openRun } from '../../stores/open-run.ts';

/** What this run shares with others (`cronflow.setGlobalState`, `setWorkflowState`), as it is now. To be read only; nothing where there is none. */
export function SharedStateView({ run, version }: { run: number; version: Version }) {
  const loaded = useLoad(() => api().getSharedState({ run }), [run], version);
  const now = useNow(
    loaded.state === 'loaded' && loaded.value.entries.some(({ expiresAt }) => expiresAt !== undefined),
  );
  if (loaded.state === 'failed') return <p className="tone-failed">{loaded.message}</p>;
  if (loaded.state === 'loading' || loaded.value.entries.length === 0) return null;
  const { entries, total } = loaded.value;
  return (
    <section className="shared-state" aria-label="Shared with other runs">
      <h3 className="label">Shared with other runs</h3>
      <p className="muted">As it is now, whichever run is open.</p>
      <ul className="state">
        {entries.map(entry => (
          <Row key={`${entry.scope} ${entry.key}`} entry={entry} run={run} now={now} />
        ))}
      </ul>
      {total > entries.length && (
        <p className="muted">
          The first {number(entries.length)} of {number(total)}.
        </p>
      )}
    </section>
  );
}

function Row({ entry, run, now }: { entry: SharedEntry; run: number; now: number }) {
  const { key, value, scope, changedAt, changedBy, expiresAt } = entry;
  return (
    <li>
      <div className="state-row">
        <code title={label(key, 300)}>{label(key, 300)}</code>
        <code className="state-value">{label(value.json, 300)}</code>
      </div>
      <p className="muted">
        {scope === 'all' ? 'All runs' : 'Runs of this workflow'} ·{' '}
        <span title={dateAndTime(changedAt)}>changed {ago(changedAt, now)}</span> by{' '}
        {changedBy === undefined ? (
          'a program'
        ) : changedBy === run ? (
          'this run'
        ) : (
          <button type="button" className="link" onClick={() => void openRun(changedBy)}>
            run {changedBy}
          </button>
        )}
        {expiresAt !== undefined && (
          <span title={dateAndTime(expiresAt)}> · its time is over {timeUntil(expiresAt, now)}</span>
        )}
      </p>
    </li>
  );
}
