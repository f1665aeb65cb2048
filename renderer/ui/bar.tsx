import type { Counts } from '../../host/api/api.ts';
import { number, percent } from '../../common/format.ts';
import './bar.css';

/** Parts in proportion. One failure among thousands still shows: a part is never narrower than 2 px. */
export function Bar({
  counts,
  isOpenEnded = false,
  label,
}: {
  counts: Counts;
  /** While more may come than `counts.total`, the bar has an open end: it is never full. */
  isOpenEnded?: boolean;
  label?: string;
}) {
  const parts = (['succeeded', 'failed', 'setAside', 'cancelled', 'running'] as const).filter(part => counts[part] > 0);
  return (
    <div
      className={isOpenEnded ? 'bar open-ended' : 'bar'}
      role="img"
      aria-label={
        label ??
        `${number(counts.succeeded)} of ${number(counts.total)}${isOpenEnded ? ' so far' : ''} done, ${number(counts.failed)} failed${counts.setAside > 0 ? `, ${number(counts.setAside)} set aside` : ''}`
      }
    >
      {parts.map(part => (
        <i key={part} className={part} style={{ width: `${percent(counts[part], counts.total)}%` }} />
      ))}
    </div>
  );
}
