import type { ReactNode } from 'react';
import type { Station } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';

const DOT = <circle className="filled" cx="12" cy="12" r="2.5" />;

const SIGN: Readonly<Record<Station['state'], ReactNode>> = {
  done: <path d="M5 12.5 10 17.5 19 7" />,
  working: <path className="filled" d="M9 6.5 18 12 9 17.500z" />,
  stopped: <path d="M7 7 17 17M17 7 7 17" />,
  paused: <path d="M9 7v10M15 7v10" />,
  next: DOT,
  waiting: DOT,
};

/** The main steps of the workflow, and how each stands. */
export function Stations({ stations }: { readonly stations: readonly Station[] }) {
  const text = usePresentationText();
  return (
    <ol className="present-stations" aria-label={text.steps}>
      {stations.map(({ path, title, state }) => (
        <li key={path} className={`present-card is-${state}`}>
          <span className={`present-disc is-${state}`} aria-hidden>
            <svg className="present-sign" viewBox="0 0 24 24">
              {SIGN[state]}
            </svg>
          </span>
          <span>
            <b>{title}</b>
            <i>{text.station[state]}</i>
          </span>
        </li>
      ))}
    </ol>
  );
}
