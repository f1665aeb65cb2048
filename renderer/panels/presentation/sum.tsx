import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import type { Figures } from '../../model/presentation/text.ts';

const PARTS = ['done', 'waiting', 'cancelled', 'aside', 'failed'] as const;
/** A narrower part has no room for its words: the sum below has them. */
const ROOM_FOR_WORDS = 0.22;

/** Where everything is: a bar in proportion, and the sum in figures, which always adds up. */
export function Sum({ figures }: { figures: Figures }) {
  const text = usePresentationText();
  if (figures.total === 0) return null;
  return (
    <div className="present-sum">
      <div className={`present-bar ${figures.isOpenEnded ? 'is-open-ended' : ''}`} aria-hidden>
        {PARTS.filter(part => figures[part] > 0).map(part => (
          <span key={part} className={`is-${part}`} style={{ flexGrow: figures[part] }}>
            {figures[part] / figures.total >= ROOM_FOR_WORDS && text.part[part](figures[part])}
          </span>
        ))}
      </div>
      <p>{text.parts(figures)}</p>
    </div>
  );
}
