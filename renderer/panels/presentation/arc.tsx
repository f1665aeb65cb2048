import { ARC_GROUND, arcOf } from '../../model/presentation/arc.ts';
import { sharesOf } from '../../model/presentation/shares.ts';
import type { Figures } from '../../model/presentation/text.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';

/** How far it has come, with the time of day at which it is done in the middle, and beside it how fast it goes. */
export function Arc({ figures, startedAt }: { readonly figures: Figures; readonly startedAt: number }) {
  const text = usePresentationText();
  const { wording } = text;
  const now = useNow(true);
  const { left, total, done, isOpenEnded, unit } = figures;
  if (total === 0) return null;
  const end = left && now + (left[0] + left[1]) / 2;
  return (
    <div className="present-progress">
      <div className="present-arc">
        <svg viewBox="0 0 100 82" aria-hidden>
          <path className="ground" d={ARC_GROUND} />
          {!isOpenEnded &&
            arcOf(sharesOf(figures), total).map(({ part, path }) => (
              <path key={part} className={`is-${part}`} d={path} />
            ))}
        </svg>
        <p>
          {end === undefined ? (
            <b className="is-word">{isOpenEnded ? text.soFar(wording.number(total)) : text.percentDone(done, total)}</b>
          ) : (
            <>
              <span>{text.doneAbout}</span>
              <b className={wording.timeOfDay(end).length > 5 ? 'is-long' : undefined}>{wording.timeOfDay(end)}</b>
            </>
          )}
        </p>
        <p className="present-arc-ends">
          <span>
            {wording.timeOfDay(startedAt)}
            <br />
            {text.arcStart}
          </span>
          <span>
            {wording.number(total)}
            <br />
            {wording.word(total, unit)}
          </span>
        </p>
      </div>
      <dl className="present-pace">
        {text.pace(figures).map(({ before, value }) => (
          <div key={`${before} ${value}`}>
            <dt>{before}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
