import type { ReactNode } from 'react';
import type { Chapter } from '../../model/presentation/chapters.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { present } from '../../stores/actions.ts';
import { openNotes, toggleFullscreen, usePresenting } from '../../stores/presenting.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../header/notice.tsx';
import { resetDemo, showsDemos } from '../../stores/demo.ts';
import { useStudio } from '../../stores/studio.ts';
import { DemoTag } from '../../ui/demo-tag.tsx';
import { ChapterList } from './chapter-list.tsx';
import { NotesWindow, type OnScreen } from './notes-window.tsx';
import { usePresenterKeys } from './use-presenter-keys.ts';

interface Props {
  readonly chapter: Chapter;
  /** What the notes say of the screen. */
  readonly onScreen: OnScreen;
  readonly children: ReactNode;
}

/** What is around the stage: problems above it, the chapters below it, and the window with the notes. */
export function Frame({ chapter, onScreen, children }: Props) {
  const text = usePresentationText();
  const isBlack = usePresenting(state => state.isBlack);
  usePresenterKeys(chapter);
  return (
    <div className="present-frame">
      <div className="present-notice">
        <Notice close={text.close} />
      </div>
      {children}
      <footer>
        <ChapterList shown={chapter} />
        <div>
          <Demo />
          <Button look="quiet" shortcut="N" onClick={openNotes}>
            {text.notes.open}
          </Button>
          <Button look="quiet" shortcut="F" onClick={toggleFullscreen}>
            {text.fullscreen}
          </Button>
          <Button look="quiet" shortcut="Esc" onClick={() => present(false)}>
            {text.close}
          </Button>
        </div>
      </footer>
      {isBlack && (
        <div className="present-black" role="status">
          <span className="visually-hidden">{text.isBlack}</span>
        </div>
      )}
      <NotesWindow chapter={chapter} onScreen={onScreen} />
    </div>
  );
}

/** That nothing of it is real, and the way to its beginning. */
function Demo() {
  const text = usePresentationText();
  const isAmongDemos = useStudio(showsDemos);
  const isDemo = useStudio(state => state.detail?.item.demo === true) || isAmongDemos;
  const hasBegun = useStudio(state => state.progress !== undefined);
  if (!isDemo) return null;
  return (
    <>
      <DemoTag />
      {isAmongDemos && hasBegun && (
        <Button look="quiet" onClick={() => void resetDemo()}>
          {text.resetDemo}
        </Button>
      )}
    </>
  );
}
