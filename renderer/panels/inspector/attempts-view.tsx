import type { AttemptRow } from '../../../host/api/api.ts';
import { clock, duration } from '../../../common/format.ts';
import { GLYPH } from '../../../common/status.ts';
import { useNow } from '../../hooks/use-now.ts';
import { waitText } from '../../model/retry-text.ts';
import { useStudio } from '../../stores/studio.ts';
import { Glyph } from '../../ui/glyph.tsx';

/** The attempts of one step, also those of earlier batch attempts: nothing is overwritten. */
export function AttemptsView({ attempts }: { attempts: readonly AttemptRow[] }) {
  const latest = attempts.at(-1);
  const isLive = useStudio(state => state.progress?.status === 'running');
  const now = useNow(isLive && latest?.waitsUntil !== undefined);
  return (
    <ol className="attempts">
      {attempts.map(attempt => {
        const wait = waitText(attempt, attempt === latest, isLive, now);
        return (
          <li key={`${attempt.scope} ${attempt.node} ${attempt.attempt}`}>
            <Glyph status={attempt.status} />
            <span>
              <b>Step attempt {attempt.attempt}</b>{' '}
              <span className="numbers">
                {clock(attempt.startedAt)}
                {attempt.endedAt === undefined ? '' : ` · ${duration(attempt.endedAt - attempt.startedAt)}`}
              </span>
              {attempt.error && <small className="mono">{attempt.error.message}</small>}
              {wait !== undefined && (
                <span className="attempt-wait numbers tone-retrying">
                  <span aria-hidden>{GLYPH.retrying} </span>
                  {wait}
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
