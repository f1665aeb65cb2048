import { BATCH, counted, dateAndTime, duration, number } from '../../../../common/format.ts';
import { statusWord } from '../../../../common/status.ts';
import type { RunItem } from '../../../../host/api/api.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { openRun } from '../../../stores/open-run.ts';
import { api } from '../../../stores/host.ts';
import { Bar } from '../../../ui/bar.tsx';
import { Glyph } from '../../../ui/glyph.tsx';

/** How both runs went as a whole. */
export function RunsFacts({ item, other }: { item: RunItem; other: number }) {
  const loaded = useLoad(() => api().getRun({ run: other }), [other]);
  const detail = loaded.state === 'loaded' ? loaded.value : undefined;
  return (
    <div className="compare-facts">
      <Facts item={item} longest={Math.max(item.activeMs, detail?.item.activeMs ?? 0)} />
      {loaded.state === 'failed' && <p className="wrong">{loaded.message}</p>}
      {detail && <Facts item={detail.item} longest={Math.max(item.activeMs, detail.item.activeMs)} isOther />}
    </div>
  );
}

function Facts({ item, longest, isOther = false }: { item: RunItem; longest: number; isOther?: boolean }) {
  const { run, status, batches, activeMs, startedAt } = item;
  return (
    <div className="compare-fact">
      <p>
        <Glyph status={status} silent />
        {isOther ? (
          <button type="button" className="link" onClick={() => void openRun(run)}>
            Run {number(run)}
          </button>
        ) : (
          <b>Run {number(run)}</b>
        )}{' '}
        {statusWord(status)} <span className="muted">{dateAndTime(startedAt)}</span>
      </p>
      <Bar counts={batches} isOpenEnded={item.isOpenEnded === true} />
      <p className="numbers muted">
        {counted(batches.total, BATCH)} = {number(batches.succeeded)} done + {number(batches.failed)} failed
        {batches.waiting > 0 && ` + ${number(batches.waiting)} waiting`} · {duration(activeMs)}
      </p>
      <i className="compare-bar succeeded" style={{ width: `${(activeMs / Math.max(1, longest)) * 100}%` }} />
    </div>
  );
}
