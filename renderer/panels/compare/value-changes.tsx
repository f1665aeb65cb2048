import { number } from '../../../common/format.ts';
import { byText } from '../../model/compare/compare-words.ts';
import { kindToTell, type Side, type ValueChange } from '../../model/items/value-changes.ts';
import { label } from '../../model/shown-text.ts';

/** Values that are others: each as it was, and as it is. @param item Of which item it is */
export function Changes<C extends ValueChange>({
  changes,
  item,
}: {
  changes: readonly C[];
  item?: (change: C) => number;
}) {
  return (
    <ul className="compare-values">
      {changes.map((change, at) => (
        <li key={at}>
          {item && <small className="numbers">#{number(item(change))}</small>} {label(change.path, 100)}{' '}
          <del>
            <SideValue side={change.before} other={change.after} />
          </del>{' '}
          <span aria-label="became">→</span>{' '}
          <ins>
            <SideValue side={change.after} other={change.before} />
          </ins>{' '}
          {change.by !== undefined && change.by !== 0 && <small className="numbers muted">{byText(change.by)}</small>}
        </li>
      ))}
    </ul>
  );
}

export function SideValue({ side, other }: { side: Side | undefined; other?: Side | undefined }) {
  if (!side) return <>none</>;
  const kind = kindToTell(side, other);
  return (
    <>
      {label(side.text)}
      {kind !== undefined && <small> {kind}</small>}
    </>
  );
}
