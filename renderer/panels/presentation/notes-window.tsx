import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { CHAPTERS, chapterBeside, type Chapter } from '../../model/presentation/chapters.ts';
import type { StageKind } from '../../model/presentation/stage.ts';
import type { Figures, Who } from '../../model/presentation/text.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { present } from '../../stores/actions.ts';
import { goOn, presenting, toggleBlack, usePresenting } from '../../stores/presenting.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { ChapterList } from './chapter-list.tsx';
import { useNotes, useTextSize } from './use-notes.ts';
import './notes-window.css';

/** What the screen says. */
export interface OnScreen {
  readonly kind: StageKind | 'before';
  readonly badge: string;
  readonly headline: string;
  readonly meaning: string;
  readonly figures: Figures | undefined;
}

interface Props {
  readonly chapter: Chapter;
  readonly onScreen: OnScreen;
}

/** A window of its own for who presents. It is empty but for what this page writes into it. */
export function NotesWindow(props: Props) {
  const notes = usePresenting(state => state.notes);
  const text = usePresentationText();
  const theme = useStudio(state => state.theme);
  const [body, setBody] = useState<HTMLElement>();
  const { title } = text.notes;
  useEffect(() => {
    if (!notes) return undefined;
    const { document: page } = notes;
    // Written twice by React's checks in development, else once.
    page.head.replaceChildren(
      ...[...document.head.querySelectorAll('link[rel="stylesheet"], style')].map(style => style.cloneNode(true)),
    );
    page.title = title;
    page.documentElement.lang = text.wording.locale;
    setBody(page.body);
    const gone = () => presenting.setState({ notes: undefined });
    notes.addEventListener('pagehide', gone);
    return () => {
      notes.removeEventListener('pagehide', gone);
      setBody(undefined);
    };
  }, [notes, title, text]);
  useEffect(() => {
    const copy = () => {
      if (notes) notes.document.documentElement.dataset.theme = document.documentElement.dataset.theme ?? '';
    };
    copy();
    const observer = new MutationObserver(copy);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, [notes, theme]);
  return body ? createPortal(<Notes {...props} />, body) : null;
}

function Notes({ chapter, onScreen }: Props) {
  const text = usePresentationText();
  const { notes } = text;
  const since = usePresenting(state => state.since);
  const now = useNow(true);
  const [written, write] = useNotes(chapter);
  const [size, setSize] = useTextSize();
  const isLast = chapter === CHAPTERS.at(-1);
  const status = statusOf(onScreen, notes);
  return (
    <main className="notes" aria-label={notes.title}>
      <header>
        <b>{notes.onlyYou}</b>
        <p>
          {notes.since} <b>{elapsed(now - since)}</b>
        </p>
        <p>
          {notes.clock} <b>{text.wording.timeOfDay(now)}</b>
        </p>
      </header>
      <section>
        <h2>{notes.now}</h2>
        <div className="notes-screen">
          <p>{onScreen.badge}</p>
          <h1>{onScreen.headline}</h1>
          <p>{onScreen.meaning}</p>
        </div>
        <ChapterList shown={chapter} />
        <p className="notes-next">
          {isLast ? (
            notes.last
          ) : (
            <>
              {notes.nextChapter}: <b>{text.chapters[chapterBeside(chapter, 1)]}</b>
            </>
          )}
        </p>
      </section>
      <section className="notes-written">
        <h2>
          <label htmlFor="notes-text">{notes.yours(text.chapters[chapter])}</label>
          <Button small aria-label={notes.smaller} onClick={() => setSize(size - 2)}>
            A−
          </Button>
          <Button small aria-label={notes.larger} onClick={() => setSize(size + 2)}>
            A+
          </Button>
        </h2>
        <textarea
          id="notes-text"
          value={written}
          placeholder={notes.placeholder}
          style={{ fontSize: size }}
          onChange={event => write(event.target.value)}
        />
        {status && (
          <p className="notes-status" role="status">
            <b>{status.what}</b> {status.why}
          </p>
        )}
      </section>
      <footer>
        <Button shortcut="←" onClick={() => goOn(chapter, -1)}>
          {text.back}
        </Button>
        <Button look="primary" shortcut="→" onClick={() => goOn(chapter, 1)}>
          {text.next}
        </Button>
        <Button shortcut="B" onClick={toggleBlack}>
          {text.black}
        </Button>
        <Button shortcut="Esc" onClick={() => present(false)}>
          {notes.end}
        </Button>
      </footer>
    </main>
  );
}

/** Whether the audience can be told that it works now. */
function statusOf(
  { kind, figures }: OnScreen,
  notes: { tested: (of: Figures) => Who; corrected: Who },
): Who | undefined {
  if (kind === 'corrected') return notes.corrected;
  if (!figures || (kind !== 'failed' && kind !== 'partly' && kind !== 'changed' && kind !== 'testing'))
    return undefined;
  return notes.tested(figures);
}

/** `6:40` */
function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
