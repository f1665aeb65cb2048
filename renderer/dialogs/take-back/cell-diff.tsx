import { number, type Unit } from '../../../common/format.ts';
import { cellText, outcomeText, placeText, type CorrectionsFound, type Trying } from '../../model/corrections.ts';
import { label } from '../../model/shown-text.ts';

/** So many rows are shown: a person does not read more. */
const MOST = 200;

/** Each row that is refused, and each cell that changes. */
export function CellDiff({ found, trying, unit }: { found: CorrectionsFound; trying: Trying; unit: Unit }) {
  const { refused, corrected, counts } = found;
  if (refused.length + corrected.length === 0) return null;
  const rows = corrected.slice(0, MOST);
  const hidden = counts.items + counts.refused - rows.length - Math.min(refused.length, MOST);
  return (
    <div className="cell-diff-box">
      <table className="item-diff cell-diff">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Column</th>
            <th scope="col">Before</th>
            <th scope="col">In the file</th>
            <th scope="col">Test</th>
          </tr>
        </thead>
        <tbody>
          {refused.slice(0, MOST).map(({ row, why }) => (
            <tr key={row} className="refused">
              <td className="numbers">{number(row)}</td>
              <td colSpan={4}>
                <b>✕ Refused.</b> {label(why, 300)}
              </td>
            </tr>
          ))}
          {rows.flatMap(row =>
            row.cells.map((cell, at) => (
              <tr key={`${row.row} ${cell.column}`}>
                <td className="numbers" title={placeText(row, unit)}>
                  {at === 0 && (
                    <>
                      {number(row.row)} <small>{placeText(row, unit)}</small>
                    </>
                  )}
                </td>
                <td>{label(cell.column, 80)}</td>
                <td>
                  <del>
                    <CellText cell={cell.before} other={cell.after} />
                  </del>
                </td>
                <td>
                  <ins>
                    <CellText cell={cell.after} other={cell.before} />
                  </ins>
                </td>
                <td>{at === 0 && <Outcome trying={trying} row={row.row} />}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {hidden > 0 && <p className="value-more">And {number(hidden)} more rows.</p>}
    </div>
  );
}

type Cell = CorrectionsFound['corrected'][number]['cells'][number]['before'];

function CellText({ cell, other }: { cell: Cell; other: Cell }) {
  const { text, kind } = cellText(cell, other);
  return (
    <>
      {text} {kind !== undefined && <small>{kind}</small>}
    </>
  );
}

function Outcome({ trying, row }: { trying: Trying; row: number }) {
  const tried = trying.rows.get(row);
  const tone = tried?.outcome === 'passes' ? 'tone-succeeded' : tried?.outcome === 'fails' ? 'tone-failed' : 'muted';
  return (
    <span className={tone}>
      {tried?.outcome === 'passes' && '✓ '}
      {tried?.outcome === 'fails' && '✕ '}
      {outcomeText(tried)}
    </span>
  );
}
