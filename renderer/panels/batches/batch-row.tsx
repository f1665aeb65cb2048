import type { BatchRow } from '../../../host/api/api.ts';
import { duration, number } from '../../../common/format.ts';
import { batchName } from '../../model/batch-name.ts';
import { label } from '../../model/shown-text.ts';
import { statusWord } from '../../../common/status.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { AttemptSquares } from './attempt-squares.tsx';

interface Props {
  readonly row: BatchRow;
  /** Why it does not run, where it does not. */
  readonly why: string | undefined;
  readonly isUnfolded: boolean;
  readonly onUnfold: () => void;
}

/** The cells of a batch in the table. */
export function Cells({ row, why, isUnfolded, onUnfold }: Props) {
  return (
    <>
      <span role="gridcell" className="numbers">
        <button
          type="button"
          className="unfold"
          tabIndex={-1}
          aria-expanded={isUnfolded}
          aria-label={`Attempts of ${batchName(row.index, row.label)}`}
          title={isUnfolded ? 'Fold its attempts, ←' : 'Show its attempts over time, →'}
          onClick={event => {
            event.stopPropagation();
            onUnfold();
          }}
        >
          <span aria-hidden>{isUnfolded ? '▾' : '▸'}</span>
        </button>
        {number(row.index)}
      </span>
      <span role="gridcell">
        <Glyph status={row.status} silent />
        {statusWord(row.status)}
      </span>
      <span role="gridcell" className="numbers">
        {number(row.items)}
      </span>
      <span role="gridcell" className="numbers">
        <AttemptSquares row={row} />
      </span>
      <span role="gridcell" className="numbers">
        {row.waited > 0 ? duration(row.waited) : ''}
      </span>
      <span role="gridcell" className="numbers">
        {row.startedAt !== undefined && row.endedAt !== undefined ? duration(row.endedAt - row.startedAt) : ''}
      </span>
      <span role="gridcell" className={why === undefined ? 'message' : `why numbers ${row.status}`} title={why}>
        {row.label !== undefined && <b className="batch-label">{label(row.label, 60)}</b>}
        {why ?? row.message}
      </span>
    </>
  );
}
