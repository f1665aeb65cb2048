import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';

/** What makes the button of a row one of the stops of its list. */
export interface RowStop {
  readonly tabIndex: number;
  readonly 'data-row': number;
}

interface RowFocus<E extends HTMLElement> {
  /** For the element around the rows. */
  readonly list: {
    readonly ref: RefObject<E | null>;
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onFocus: (event: FocusEvent) => void;
  };
  /** For the button of each row. */
  readonly row: (index: number) => RowStop;
}

/**
 * One tab stop for a whole list: the arrow keys, Home and End move between its rows.
 * @param shown The indices of the rows that are in the page now: a long list has only those in view
 * @param reveal Brings a row into view that is not in the page
 */
export function useRowFocus<E extends HTMLElement>(
  count: number,
  shown: { readonly first: number; readonly last: number },
  reveal?: (index: number) => void,
): RowFocus<E> {
  const ref = useRef<E>(null);
  const [current, setCurrent] = useState(0);
  // A row that comes into the page only after it has been scrolled to.
  const wanted = useRef<number>(undefined);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const button = ref.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!button) return;
    wanted.current = undefined;
    button.focus();
  });
  const stop = current >= shown.first && current <= shown.last ? current : shown.first;
  return {
    list: {
      ref,
      onKeyDown: event => {
        const at = rowOf(event.target);
        const to = at === undefined ? undefined : target(event.key, at, count);
        if (to === undefined) return;
        event.preventDefault();
        wanted.current = to;
        setCurrent(to);
        reveal?.(to);
      },
      onFocus: event => {
        const at = rowOf(event.target);
        if (at !== undefined) setCurrent(at);
      },
    },
    row: index => ({ tabIndex: index === stop ? 0 : -1, 'data-row': index }),
  };
}

/** Keeps what is open in view in a list that is longer than its room; a list that is not moves nothing. */
export function useRevealed<E extends HTMLElement>(isChosen: boolean): RefObject<E | null> {
  const ref = useRef<E>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return ref;
}

function rowOf(target: EventTarget): number | undefined {
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-row]') : null;
  return row ? Number(row.dataset['row']) : undefined;
}

function target(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
