import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { number } from '../../../../common/format.ts';
import { parseValueText, type TextNode } from '../../../../common/value-text.ts';
import { cellOf, textToEdit, type Cell } from '../../../model/items/cell.ts';
import { nodeAt, type Column } from '../../../model/items/columns.ts';
import type { ItemAtFault, ItemOrder, ItemTable } from '../../../model/items/item-table.ts';
import { label as safeLabel } from '../../../model/shown-text.ts';
import { copyText } from '../../../stores/clipboard.ts';
import { notice } from '../../../stores/notice.ts';

const ROW = 28;
const ROW_WITH_MESSAGE = 48;
const HEAD = 28;
/** In characters. */
const [NARROWEST, WIDEST] = [7, 28];
const PAGE = 20;

interface Props {
  readonly table: ItemTable;
  /** Indices of items, as they are to be shown. */
  readonly rows: readonly number[];
  readonly textOf: (index: number) => string;
  readonly isEdited: (index: number) => boolean;
  readonly order: ItemOrder;
  readonly onOrder: (order: ItemOrder) => void;
  readonly itemsAtFault: readonly ItemAtFault[];
  /** The one to go to. */
  readonly shownItem: number | undefined;
  readonly label: string;
  /** Returns whether what was typed can be taken. Undefined where nothing can be edited. */
  readonly onEdit: ((index: number, column: Column, typed: string) => boolean) | undefined;
  readonly onLeave: () => void;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** The rows and cells of a table of items. Arrow keys move, Enter edits, Ctrl+C copies the cell. */
export function ItemGrid(props: Props) {
  const { table, rows, textOf, order, onOrder, itemsAtFault, shownItem, label, onEdit, onLeave } = props;
  const { columns } = table.columns;
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<Place>();
  const faults = useMemo(() => new Map(itemsAtFault.map(fault => [fault.index, fault])), [itemsAtFault]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: row => (faults.get(rows[row] ?? -1)?.message === undefined ? ROW : ROW_WITH_MESSAGE),
    overscan: 8,
    scrollPaddingStart: HEAD,
  });
  const widths = useMemo(() => widthsOf(table), [table]);
  const style = { '--columns': `5ch ${widths.map(width => `${width}ch`).join(' ')}` } as CSSProperties;
  const row = Math.min(focus.row, rows.length - 1);
  const column = Math.min(focus.column, columns.length - 1);

  const move = (to: Place) => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, to.row)),
      column: Math.max(0, Math.min(columns.length - 1, to.column)),
    };
    setFocus(next);
    virtual.scrollToIndex(next.row);
  };
  useEffect(() => {
    const to = shownItem === undefined ? -1 : rows.indexOf(shownItem);
    if (to < 0) return;
    setFocus(({ column: at }) => ({ row: to, column: at }));
    virtual.scrollToIndex(to);
    // Only when another one is asked for, or the rows have come: not when a person has gone on to another row.
  }, [shownItem, rows]);
  // Which rows are higher is known later than the rows are.
  useEffect(() => virtual.measure(), [faults]);
  const back = () => {
    setEditing(undefined);
    onLeave();
    scroll.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroll.current) return;
    const index = rows[row];
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && index !== undefined) {
      if (String(getSelection() ?? '') !== '') return;
      event.preventDefault();
      copyText(nodeText(textOf(index), columns[column])).catch(notice);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === 'Enter' || event.key === 'F2') && onEdit) {
      event.preventDefault();
      setEditing({ row, column });
      return;
    }
    const to = movedBy(event.key, { row, column }, rows.length, columns.length);
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    move(to);
  };

  return (
    <div
      ref={scroll}
      className="items-grid"
      role="grid"
      tabIndex={0}
      style={style}
      aria-label={`${label}: arrow keys move${onEdit ? ', Enter edits' : ''}, Ctrl+C copies`}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={rows.length > 0 ? `${id}-${row}-${column}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="items-row head" role="row" aria-rowindex={1}>
        <span role="columnheader">
          <SortButton title="#" isSorted={!order.column} isDescending={false} onClick={() => onOrder(BY_INDEX)} />
        </span>
        {columns.map(one => {
          const isSorted = order.column === one;
          return (
            <span
              key={one.title}
              role="columnheader"
              aria-sort={isSorted ? (order.isDescending ? 'descending' : 'ascending') : undefined}
            >
              <SortButton
                title={one.title}
                isSorted={isSorted}
                isDescending={order.isDescending}
                onClick={() => onOrder({ column: one, isDescending: isSorted && !order.isDescending })}
              />
            </span>
          );
        })}
      </div>
      <div className="items-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {rows.length === 0 && <p className="items-none">No items match the filter.</p>}
        {virtual.getVirtualItems().map(({ index: at, start, size }) => {
          const index = rows[at] ?? 0;
          return (
            <Row
              key={at}
              id={`${id}-${at}`}
              at={at}
              index={index}
              item={read(textOf(index))}
              text={textOf(index)}
              original={props.isEdited(index) ? table.item(index) : undefined}
              originalText={table.textOf(index)}
              columns={columns}
              fault={faults.get(index)}
              focused={at === row ? column : undefined}
              editing={editing?.row === at ? editing.column : undefined}
              style={{ top: start, height: size }}
              onPress={pressed => {
                setFocus({ row: at, column: pressed });
                scroll.current?.focus();
              }}
              onOpen={onEdit && (opened => setEditing({ row: at, column: opened }))}
              onTyped={(typed, of) => {
                if (onEdit?.(index, of, typed)) back();
              }}
              onCancel={back}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Names of fields and values of items are anybody's. */
const LONGEST_SHOWN = 1_000;
const shown = (text: string) => safeLabel(text, LONGEST_SHOWN);

const BY_INDEX: ItemOrder = { column: undefined, isDescending: false };

function SortButton(props: { title: string; isSorted: boolean; isDescending: boolean; onClick: () => void }) {
  const title = shown(props.title);
  return (
    <button type="button" tabIndex={-1} title={`Sort by ${title}`} onClick={props.onClick}>
      {title}
      {props.isSorted && props.title !== '#' && <i aria-hidden>{props.isDescending ? ' ↓' : ' ↑'}</i>}
    </button>
  );
}

interface RowProps {
  readonly id: string;
  readonly at: number;
  readonly index: number;
  readonly item: TextNode | undefined;
  readonly text: string;
  /** As it is stored, where it was edited. */
  readonly original: TextNode | undefined;
  readonly originalText: string;
  readonly columns: readonly Column[];
  readonly fault: ItemAtFault | undefined;
  readonly focused: number | undefined;
  readonly editing: number | undefined;
  readonly style: CSSProperties;
  readonly onPress: (column: number) => void;
  readonly onOpen: ((column: number) => void) | undefined;
  readonly onTyped: (typed: string, column: Column) => void;
  readonly onCancel: () => void;
}

function Row(props: RowProps) {
  const { id, at, index, item, text, original, originalText, columns, fault, focused, editing, style } = props;
  const look = `items-row${fault ? ' at-fault' : ''}${focused === undefined ? '' : ' current'}`;
  return (
    <div role="row" className={look} style={style} aria-rowindex={at + 2} aria-selected={focused !== undefined}>
      <span role="rowheader" className="numbers">
        {number(index)}
      </span>
      {columns.map((column, place) => {
        const node = item && nodeAt(item, column);
        const before = original && nodeAt(original, column);
        const isChanged = original !== undefined && sliceOf(before, originalText) !== sliceOf(node, text);
        const isMarked = fault?.path !== undefined && isAt(column, fault.path);
        return (
          <span
            key={column.title}
            id={`${id}-${place}`}
            role="gridcell"
            className={`${focused === place ? 'focused' : ''}${isMarked ? ' marked' : ''}${isChanged ? ' changed' : ''}`}
            title={isChanged ? `It was ${before ? shown(cellOf(before, originalText).text) : 'not there'}` : undefined}
            onClick={() => props.onPress(place)}
            onDoubleClick={() => props.onOpen?.(place)}
          >
            {editing === place ? (
              <CellField
                label={`${shown(column.title)} of item ${index}`}
                first={textToEdit(node, text)}
                onTyped={typed => props.onTyped(typed, column)}
                onCancel={props.onCancel}
              />
            ) : (
              node && <Shown cell={cellOf(node, text)} />
            )}
          </span>
        );
      })}
      {fault?.message !== undefined && (
        <small className="items-why">
          {fault.now?.passes === true ? <i>✓ {fault.now.text} · </i> : '✕ '}
          {shown(fault.now?.passes === false ? `${fault.now.text} (now)` : fault.message)}
        </small>
      )}
    </div>
  );
}

/** Kinds that are seen without a word. */
const PLAIN = new Set(['text', 'number', 'yes or no', 'nothing', 'list', 'object', 'map', 'set', 'big integer']);

function Shown({ cell }: { cell: Cell }) {
  return (
    <>
      <span className={`cell ${cell.isNumber ? 'numbers' : ''} ${cell.kind === 'text' ? '' : 'other'}`}>
        {shown(cell.text)}
      </span>
      {!PLAIN.has(cell.kind) && <small className="kind">{cell.kind}</small>}
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly first: string;
  readonly onTyped: (typed: string) => void;
  readonly onCancel: () => void;
}

function CellField({ label, first, onTyped, onCancel }: FieldProps) {
  const [typed, setTyped] = useState(first);
  return (
    <input
      autoFocus
      aria-label={label}
      value={typed}
      spellCheck={false}
      onChange={event => setTyped(event.target.value)}
      onFocus={event => event.target.select()}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape' || (event.key === 'Enter' && typed === first)) onCancel();
        else if (event.key === 'Enter') onTyped(typed);
      }}
      onBlur={() => (typed === first ? onCancel() : onTyped(typed))}
    />
  );
}

function movedBy(key: string, { row, column }: Place, rows: number, columns: number): Place | undefined {
  switch (key) {
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'PageDown':
      return { row: row + PAGE, column };
    case 'PageUp':
      return { row: row - PAGE, column };
    case 'Home':
      return { row: 0, column: 0 };
    case 'End':
      return { row: rows - 1, column: columns - 1 };
    default:
      return undefined;
  }
}

function read(text: string): TextNode | undefined {
  try {
    return parseValueText(text);
  } catch {
    return undefined;
  }
}

function sliceOf(node: TextNode | undefined, text: string): string | undefined {
  return node && text.slice(node.from, node.to);
}

function nodeText(text: string, column: Column | undefined): string {
  const item = read(text);
  const node = item && column && nodeAt(item, column);
  return node ? textToEdit(node, text) : text;
}

function isAt({ path }: Column, fault: readonly string[]): boolean {
  return path.length > 0 && path.every((name, depth) => fault[depth] === name);
}

/** As wide as most of what stands in a column, and as its title. */
function widthsOf(table: ItemTable): number[] {
  const seen = [...table.spans.keys()].slice(0, 50);
  return table.columns.columns.map(column => {
    const lengths = seen.flatMap(index => {
      const item = table.item(index);
      const node = item && nodeAt(item, column);
      return node ? [cellOf(node, table.textOf(index)).text.length] : [];
    });
    const most = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length * 0.9)] ?? 0;
    return Math.max(NARROWEST, Math.min(WIDEST, Math.max(most, column.title.length) + 3));
  });
}
