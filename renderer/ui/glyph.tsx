import type { BatchStatus, RunStatus, StepStatus } from '../../host/api/api.ts';
import { GLYPH, statusWord } from '../../common/status.ts';
import './glyph.css';

/** A state by its sign; the word is there for those who do not see it. */
export function Glyph({
  status,
  silent = false,
}: {
  status: BatchStatus | RunStatus | StepStatus | 'skipped';
  silent?: boolean;
}) {
  return (
    <span className={`glyph tone-${status}`}>
      <span aria-hidden>{GLYPH[status]}</span>
      {!silent && <span className="visually-hidden">{statusWord(status)}</span>}
    </span>
  );
}
