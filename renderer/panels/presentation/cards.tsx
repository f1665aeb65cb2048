import { useLoad } from '../../hooks/use-load.ts';
import { payOff } from '../../model/presentation/pay-off.ts';
import { queuedCounts } from '../../model/queued-text.ts';
import { label as shownLabel } from '../../model/shown-text.ts';
import { partOf, type Mapped } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { api } from '../../stores/host.ts';
import { queuedReruns, useStudio } from '../../stores/studio.ts';

/** What the workflow came to: the figures of its result, by their names. */
export function PayOffCard() {
  const text = usePresentationText();
  const run = useStudio(state => state.runId);
  const endedAt = useStudio(state => state.progress?.endedAt);
  const loaded = useLoad(run === undefined ? undefined : () => api().getResult({ run, full: true }), [run, endedAt]);
  const figures = loaded.state === 'loaded' && loaded.value ? payOff(loaded.value.json, text.wording) : [];
  if (figures.length === 0) return null;
  return (
    <dl className="present-pay-off" aria-label={text.result}>
      {figures.map(({ label, value }, index) => (
        <div key={label ?? index}>
          <dt>{shownLabel(label ?? text.result)}</dt>
          <dd>{shownLabel(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** After trying again: how much of it was repeated, by the attempts that the store has of each batch. */
export function Repeated({ map }: { map: Mapped }) {
  const text = usePresentationText();
  const { node } = map;
  const run = useStudio(state => state.runId);
  const endedAt = useStudio(state => state.progress?.endedAt);
  const wasTriedAgain = useStudio(state => (state.detail?.sessions.length ?? 0) > 1);
  const loaded = useLoad(
    run === undefined || !wasTriedAgain ? undefined : () => api().getOverlay({ run, node, by: 'attempt' }),
    [run, node, endedAt],
  );
  if (loaded.state !== 'loaded' || loaded.value.by !== 'attempt') return null;
  const repeated = loaded.value.indices.length;
  return repeated === 0 ? null : (
    <p className="present-repeated">{text.repeated(repeated, map.batches - repeated, partOf([], map))}</p>
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
export function Who({ what, why }: { what: string; why: string }) {
  return (
    <div className="present-who">
      <b>{what}</b>
      <p>{why}</p>
    </div>
  );
}
