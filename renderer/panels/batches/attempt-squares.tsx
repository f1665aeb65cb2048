import type { BatchRow } from '../../../host/api/api.ts';
import { ordinal } from '../../model/attempt-text.ts';
import { statusWord } from '../../../common/status.ts';

/** More are not told apart by eye. */
const MOST_SQUARES = 6;

/** At which attempt a batch is, and what became of the attempts before: a square each, the last one hatched while it waits. */
export function AttemptSquares({ row: { attempts, status, startedAt, wait } }: { row: BatchRow }) {
  if (attempts === 1) return status === 'waiting' && startedAt === undefined ? '' : 1;
  const waits = wait?.kind === 'next attempt';
  const last = waits ? 'waits' : status === 'succeeded' || status === 'running' ? status : '';
  const squares = Math.min(attempts, MOST_SQUARES);
  return (
    <span title={attemptsTitle(attempts, waits ? 'waits for it' : statusWord(status))}>
      {attempts}
      <span className="attempt-squares" aria-hidden>
        {Array.from({ length: squares }, (_, at) => (
          <i key={at} className={at === squares - 1 ? last : ''} />
        ))}
      </span>
    </span>
  );
}

function attemptsTitle(attempts: number, then: string): string {
  return `It is at the ${ordinal(attempts)} attempt, of itself or of one of its steps: ${then}`;
}
