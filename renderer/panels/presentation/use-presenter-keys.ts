import { useEffect, useRef } from 'react';
import type { Chapter } from '../../model/presentation/chapters.ts';
import { usePageKeys } from '../../hooks/use-page-keys.ts';
import { present } from '../../stores/actions.ts';
import { goOn, openNotes, toggleBlack, toggleFullscreen, usePresenting } from '../../stores/presenting.ts';

/** What a remote for presentations sends, and what hands find on a keyboard. */
const KEYS: Readonly<Record<string, (shown: Chapter) => void>> = {
  PageDown: shown => goOn(shown, 1),
  ArrowRight: shown => goOn(shown, 1),
  ArrowDown: shown => goOn(shown, 1),
  ' ': shown => goOn(shown, 1),
  PageUp: shown => goOn(shown, -1),
  ArrowLeft: shown => goOn(shown, -1),
  ArrowUp: shown => goOn(shown, -1),
  Backspace: shown => goOn(shown, -1),
  b: toggleBlack,
  '.': toggleBlack,
  f: toggleFullscreen,
  F5: toggleFullscreen,
  n: openNotes,
};

/** Keys of who presents, in the presentation and in the window with the notes. @param shown The chapter that is shown */
export function usePresenterKeys(shown: Chapter): void {
  const notes = usePresenting(state => state.notes);
  const latest = useRef(shown);
  latest.current = shown;
  usePageKeys(event => press(event, shown));
  useEffect(() => {
    if (!notes) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') present(false);
      else press(event, latest.current);
    };
    notes.document.addEventListener('keydown', onKey);
    return () => notes.document.removeEventListener('keydown', onKey);
  }, [notes]);
}

function press(event: KeyboardEvent, shown: Chapter): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const does = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  // Each window has classes of elements of its own: what is typed into is told by its name.
  const target = event.target as { closest?: (selector: string) => unknown } | null;
  if (!does || target?.closest?.('input, textarea, select, [contenteditable]')) return;
  if (event.key === ' ' && target?.closest?.('button, a, summary')) return;
  event.preventDefault();
  if (!event.repeat) does(shown);
}
