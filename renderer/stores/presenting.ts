import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { NOTES_WINDOW } from '../../common/notes-window.ts';
import { chapterBeside, type Chapter } from '../model/presentation/chapters.ts';
import { notice } from './notice.ts';

/* What somebody who presents has chosen: the chapter, a black screen, and the window with their notes. */

export interface Presenting {
  /** The chapter they have gone to; until they do, it is that of the run's state. */
  readonly chapter: Chapter | undefined;
  readonly isBlack: boolean;
  readonly notes: Window | undefined;
  /** When the presentation was opened. */
  readonly since: number;
}

const AT_FIRST: Presenting = { chapter: undefined, isBlack: false, notes: undefined, since: 0 };

export const presenting = createStore<Presenting>()(() => AT_FIRST);

export function usePresenting<T>(select: (state: Presenting) => T): T {
  return useStore(presenting, select);
}

/** A presentation begins. */
export function beginPresenting(): void {
  presenting.setState({ ...AT_FIRST, since: Date.now() });
}

/** It ends, and its notes with it. */
export function endPresenting(): void {
  closeNotes();
  if (document.fullscreenElement) document.exitFullscreen().catch(notice);
  presenting.setState(AT_FIRST);
}

export function goToChapter(chapter: Chapter): void {
  presenting.setState({ chapter, isBlack: false });
}

/** @param shown The chapter that is shown */
export function goOn(shown: Chapter, by: 1 | -1): void {
  goToChapter(chapterBeside(shown, by));
}

export function toggleBlack(): void {
  presenting.setState(({ isBlack }) => ({ isBlack: !isBlack }));
}

export function toggleFullscreen(): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  change.catch(notice);
}

/** Opens the window with the notes, or brings it to the front. */
export function openNotes(): void {
  const { notes } = presenting.getState();
  if (notes && !notes.closed) return notes.focus();
  const opened = window.open('about:blank', NOTES_WINDOW, 'popup,width=1280,height=800');
  if (opened) presenting.setState({ notes: opened });
  else
    notice(
      new Error('The window with the notes could not be opened. Allow this page to open windows, and press N again.'),
    );
  return undefined;
}

function closeNotes(): void {
  presenting.getState().notes?.close();
  presenting.setState({ notes: undefined });
}
