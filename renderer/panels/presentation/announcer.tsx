import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import type { Figures } from '../../model/presentation/text.ts';
import { useStudio } from '../../stores/studio.ts';

/** Says how it stands to screen readers, at most every five seconds. */
export function Announcer({ figures }: { figures: Figures }) {
  const text = usePresentationText();
  const interval = useStudio(state => Math.floor((state.progress?.activeMs ?? 0) / 5_000));
  return (
    <p key={interval} className="visually-hidden" aria-live="polite">
      {text.announced(figures)}
    </p>
  );
}
