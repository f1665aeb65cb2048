import { useDeferredValue, useMemo, useState } from 'react';
import { counted, ITEM, number } from '../../../../common/format.ts';
import type { ShownValue } from '../../../../host/api/api.ts';
import { typedText } from '../../../model/items/cell.ts';
import { nodeAt, type Column } from '../../../model/items/columns.ts';
import { withCell, withItems } from '../../../model/items/item-edits.ts';
import { ItemTable, type ItemAtFault, type ItemOrder } from '../../../model/items/item-table.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { openDialog } from '../../../stores/actions.ts';
import { api } from '../../../stores/host.ts';
import { Button } from '../../../ui/button.tsx';
import { CodeView } from '../../../ui/code-view.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { RunButton } from '../../../ui/run-button.tsx';
import { ItemGrid } from './item-grid.tsx';
import './items.css';

interface Props {
  readonly run: number;
  readonly scope: number;
  /** Of the batch: each may have other items. */
  readonly attempt: number;
  /** Where it can be re-run with other items. */
  readonly batch: { readonly node: number; readonly index: number } | undefined;
  readonly label: string;
  /** Those that make the batch fail, where that is known: they come first and are marked. */
  readonly itemsAtFault?: readonly ItemAtFault[] | undefined;
  /** The one that a person has come to see. */
  readonly shownItem?: number | undefined;
}

/** In characters: more takes a moment, and is loaded when it is asked for. */
const LOADED_AT_ONCE = 2_000_000;
const NONE: readonly ItemAtFault[] = [];

/** The items of a batch as a table, to be read, searched and edited. */
export function ItemsView({ run, scope, attempt, batch, label, itemsAtFault = NONE, shownItem }: Props) {
  const key = `${run} ${scope} ${attempt}`;
  const [full, setFull] = useState<string>();
  const wantsAll = full === key;
  const loaded = useLoad(async () => {
    const first = await api().getItems({ run, scope, full: wantsAll });
    return first.truncated && !wantsAll && first.size <= LOADED_AT_ONCE
      ? await api().getItems({ run, scope, full: true })
      : first;
  }, [run, scope, attempt, wantsAll]);
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  const { truncated, size } = loaded.value;
  return (
    <>
      <Items
        key={key}
        value={loaded.value}
        batch={batch}
        label={label}
        itemsAtFault={itemsAtFault}
        shownItem={shownItem}
      />
      {truncated && (
        <p className="value-more">
          This is the beginning of {number(size)} characters.{' '}
          {!wantsAll && (
            <Button small onClick={() => setFull(key)}>
              Load the rest
            </Button>
          )}
        </p>
      )}
    </>
  );
}

interface ItemsProps extends Pick<Props, 'batch' | 'label'> {
  readonly value: ShownValue;
  readonly itemsAtFault: readonly ItemAtFault[];
  readonly shownItem: number | undefined;
}

function Items({ value: { json, truncated }, batch, label, itemsAtFault, shownItem }: ItemsProps) {
  const table = useMemo(() => ItemTable.of(json), [json]);
  const [isText, setIsText] = useState(false);
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState<ItemOrder>({ column: undefined, isDescending: false });
  const [edited, setEdited] = useState<ReadonlyMap<number, string>>(new Map());
  const [wrong, setWrong] = useState<string>();
  const wanted = useDeferredValue(filter);
  const rows = useMemo(() => table?.rows(wanted, order, itemsAtFault) ?? [], [table, wanted, order, itemsAtFault]);
  if (!table || table.spans.length === 0) return <CodeView text={json} language="json" label={label} />;

  const textOf = (index: number) => edited.get(index) ?? table.textOf(index);
  const edit = (index: number, column: Column, typed: string): boolean => {
    try {
      const original = table.item(index);
      const next = withCell(textOf(index), column, typedText(typed, original && nodeAt(original, column)));
      const others = new Map(edited);
      if (next === table.textOf(index)) others.delete(index);
      else others.set(index, next);
      setEdited(others);
      setWrong(undefined);
      return true;
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  const total = table.spans.length;
  return (
    <div className="items">
      <div className="items-bar">
        <b>
          {rows.length < total ? `${number(rows.length)} of ` : ''}
          {counted(total, ITEM)}
        </b>
        {itemsAtFault.length > 0 && <span className="tone-failed">{number(itemsAtFault.length)} at fault</span>}
        <input
          type="search"
          aria-label="Filter items"
          placeholder="Filter"
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
        <CopyButton text={() => `[${rows.map(textOf).join(',\n')}]`}>
          {rows.length < total ? 'Copy these' : 'Copy all'}
        </CopyButton>
        <Button small look="quiet" aria-pressed={isText} onClick={() => setIsText(!isText)}>
          As text
        </Button>
      </div>
      {wrong !== undefined && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
      {isText ? (
        <CodeView text={edited.size > 0 ? withItems(table, edited) : json} language="json" label={label} />
      ) : (
        <ItemGrid
          table={table}
          rows={rows}
          textOf={textOf}
          isEdited={index => edited.has(index)}
          order={order}
          onOrder={setOrder}
          itemsAtFault={itemsAtFault}
          shownItem={shownItem}
          label={label}
          onEdit={batch && !truncated ? edit : undefined}
          onLeave={() => setWrong(undefined)}
        />
      )}
      {table.columns.more > 0 && !isText && (
        <p className="value-more">{number(table.columns.more)} more columns: see them as text.</p>
      )}
      {batch && edited.size > 0 && (
        <div className="items-edited" role="status">
          <span>{counted(edited.size, ITEM)} changed, not run yet</span>
          <Button small look="quiet" onClick={() => setEdited(new Map())}>
            Undo
          </Button>
          <RunButton
            look="rerun"
            onClick={() => openDialog({ kind: 'edit-items', ...batch, items: withItems(table, edited) })}
          >
            Re-run with them…
          </RunButton>
        </div>
      )}
    </div>
  );
}
