import { GLYPH } from '../../../common/status.ts';
import type { Station } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';

const SIGN: Readonly<Record<Station['state'], string>> = {
  done: GLYPH.completed,
  working: GLYPH.running,
  stopped: GLYPH.failed,
  paused: GLYPH.paused,
  next: '·',
  waiting: '·',
};

/** The main steps of the workflow, and how each stands. */
export function Stations({
  stations,
}: {
  /** Without a state where nothing has begun. */
  stations: readonly (Pick<Station, 'path' | 'title'> & Partial<Station>)[];
}) {
  const text = usePresentationText();
  return (
    <ol className="present-stations" aria-label={text.steps}>
      {stations.map(({ path, title, state }, index) => (
        <li key={path} className={`present-card is-${state ?? 'waiting'}`}>
          <span className={`present-disc is-${state ?? 'waiting'}`} aria-hidden>
            {state ? SIGN[state] : index + 1}
          </span>
          <span>
            <b>{title}</b>
            {state && <i>{text.station[state]}</i>}
          </span>
        </li>
      ))}
    </ol>
  );
}
