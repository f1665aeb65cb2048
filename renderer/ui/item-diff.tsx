import { counted, ITEM, number } from '../../common/format.ts';
import type { ItemDiff } from '../model/items/item-diff.ts';
import { kindToTell, type Side } from '../model/items/value-changes.ts';
import './item-diff.css';

/** What an edit of items changes: each value as it was and as it will be. */
export function ItemDiffView({ diff }: { diff: ItemDiff }) {
  if (diff.items === 0) return <p>Nothing is changed: the batch runs again with the items that it had.</p>;
  return <ItemChanges diff={diff} />;
}

/** The values that have changed, old and new. */
export function ItemChanges({ diff: { changes, items, counts } }: { diff: ItemDiff }) {
  const [before, after] = counts;
  const shown = new Set(changes.map(({ item }) => item)).size;
  return (
    <>
      <p>
        {counted(items, ITEM)} changed
        {before === after ? '' : `, and there are ${counted(after, ITEM)} instead of ${number(before)}`}:
      </p>
      <table className="item-diff">
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(change => (
            <tr key={`${change.item} ${change.path}`}>
              <td className="numbers">{number(change.item)}</td>
              <td>{change.path}</td>
              <td>
                <del>
                  <SideText side={change.before} other={change.after} />
                </del>
              </td>
              <td>
                <ins>
                  <SideText side={change.after} other={change.before} />
                </ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown < items && <p className="value-more">And {counted(items - shown, ITEM)} more.</p>}
    </>
  );
}

function SideText({ side, other }: { side: Side | undefined; other: Side | undefined }) {
  if (!side) return <small>not there</small>;
  const kind = kindToTell(side, other);
  return (
    <>
      {side.text} {kind !== undefined && <small>{kind}</small>}
    </>
  );
}
