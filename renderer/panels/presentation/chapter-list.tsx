import { CHAPTERS, type Chapter } from '../../model/presentation/chapters.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { goToChapter } from '../../stores/presenting.ts';

/** The chapters, and which of them is shown. Each can be gone to at any time. */
export function ChapterList({ shown }: { readonly shown: Chapter }) {
  const text = usePresentationText();
  const at = CHAPTERS.indexOf(shown);
  return (
    <nav className="present-chapters" aria-label={text.chapterList}>
      <ol>
        {CHAPTERS.map((chapter, index) => (
          <li key={chapter} className={index < at ? 'is-past' : index === at ? 'is-shown' : ''}>
            <button
              type="button"
              aria-current={index === at ? 'step' : undefined}
              onClick={event => {
                goToChapter(chapter);
                // The next key is the presenter's: a space would press this again.
                event.currentTarget.blur();
              }}
            >
              <b aria-hidden>{index < at ? '✓' : index + 1}</b> {text.chapters[chapter]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
