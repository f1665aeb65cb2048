import type { AttemptRow } from '../../../host/api/api.ts';
import { clock, duration } from '../../../common/format.ts';
import { Glyph } from '../../ui/glyph.tsx';

/** All step attempts, also those of earlier batch attempts: nothing is overwritten. */
export function AttemptsView({ attempts }: { attempts: readonly AttemptRow[] }) {
  return (
    <ol className="attempts">
      {attempts.map(attempt => (
        <li key={`${attempt.scope} ${attempt.node} ${attempt.attempt}`}>
          <Glyph status={attempt.status} />
          <span>
            <b>Step attempt {attempt.attempt}</b>{' '}
            <span className="numbers">
              {clock(attempt.startedAt)}
              {attempt.endedAt === undefined ? '' : ` · ${duration(attempt.endedAt - attempt.startedAt)}`}
            </span>
            {attempt.error && <small className="mono">{attempt.error.message}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
