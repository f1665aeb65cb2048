import { useLoad } from '../../hooks/use-load.ts';
import { payOffOf } from '../../model/presentation/pay-off.ts';
import { queuedCounts } from '../../model/queued-text.ts';
import { label as shownLabel } from '../../model/shown-text.ts';
import type { Who as WhoText } from '../../model/presentation/text.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { api } from '../../stores/host.ts';
import { queuedReruns, useStudio } from '../../stores/studio.ts';
import type { Stage } from './use-stage.ts';

/** What the workflow came to, as its author says it; else the figures of its result, by their names. */
export function PayOffCard({ most }: { readonly most: number }) {
  const text = usePresentationText();
  const run = useStudio(state => state.runId);
  const endedAt = useStudio(state => state.progress?.endedAt);
  const loaded = useLoad(run === undefined ? undefined : () => api().getResult({ run, full: true }), [run, endedAt]);
  const presented = useStudio(state => state.detail?.presented);
  const result = loaded.state === 'loaded' && loaded.value ? loaded.value.json : undefined;
  const { headline, figures } = payOffOf({ presented, result }, text.wording);
  if (figures.length === 0 && headline === undefined) return null;
  return (
    <dl className="present-pay-off" aria-label={text.result}>
      {headline !== undefined && (
        <div className="present-headline">
          <dt className="visually-hidden">{text.result}</dt>
          <dd>{shownLabel(headline)}</dd>
        </div>
      )}
      {figures.slice(0, most).map(({ label, value }, index) => (
        <div key={label ?? index}>
          <dt>{shownLabel(label ?? text.result)}</dt>
          <dd>{shownLabel(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** After trying again: the promise that nothing was done twice, where the store proves it; else that something was. */
export function Once({ stage: { isOnce, figures, repaired } }: { readonly stage: Stage }) {
  const text = usePresentationText();
  const untouched = figures.done - figures.repaired;
  if (isOnce === true && (repaired.size === 0 || untouched <= 0)) return null;
  const { what, why } = isOnce === true ? text.once(untouched, figures.unit) : text.notOnce;
  return (
    <div className={`present-once ${isOnce === true ? 'is-once' : ''}`}>
      <svg viewBox="0 0 24 24" aria-hidden>
        <path d="M12 2.5 20 5.5v6c0 5-3.4 8.4-8 10-4.6-1.6-8-5-8-10v-6z" />
        {isOnce === true && <path d="M8 12l3 3 5-6" />}
      </svg>
      <p>
        <b>{what}</b> {why}
      </p>
    </div>
  );
}

/** A run that looks done while parts of what it added up were overwritten is not: who looks at it must know. */
export function LostUpdates() {
  const text = usePresentationText();
  const lost = useStudio(state => (state.problems?.lost ?? []).reduce((total, { count }) => total + count, 0));
  if (lost === 0) return null;
  return <Who {...text.lost(lost)} />;
}

/** What was asked for meanwhile. */
export function QueuedReruns() {
  const text = usePresentationText();
  const says = text.queued(queuedCounts(useStudio(queuedReruns)));
  return says === '' ? null : <p className="present-queued">{says}</p>;
}

/** Who must do something, where nobody here can. */
export function Who({ what, why }: WhoText) {
  return (
    <div className="present-who">
      <svg viewBox="0 0 24 24" aria-hidden>
        <circle cx="12" cy="8" r="4.2" />
        <path d="M4 20.5c.6-4.6 3.6-7 8-7s7.4 2.4 8 7z" />
      </svg>
      <div>
        <b>{what}</b>
        {why !== undefined && <p>{why}</p>}
      </div>
    </div>
  );
}
