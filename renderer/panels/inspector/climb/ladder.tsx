import type { Climb } from '../../../../host/api/api.ts';
import { rungNote, rungState, rungTitle, type RungState } from '../../../model/climb-text.ts';

const SIGNS: Readonly<Record<RungState, string>> = {
  planned: '',
  running: '▶',
  passed: '✓',
  stopped: '■',
  untouched: '–',
};

/** The rungs, each with when it stops, or what it came to. */
export function Ladder({ rungs, state }: Pick<Climb, 'rungs'> & { readonly state?: Climb['state'] }) {
  return (
    <ol className="ladder" aria-label="Rungs">
      {rungs.map((rung, at) => {
        const stands = rungState({ rungs, ...(state && { state }) }, at);
        return (
          <li key={at} className={stands}>
            <i aria-hidden>{SIGNS[stands] || at + 1}</i>
            <b>{rungTitle(rungs, at)}</b>
            <span>{stands === 'untouched' ? 'not touched' : rungNote(rung)}</span>
          </li>
        );
      })}
    </ol>
  );
}
