import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { sharesOf } from '../../model/presentation/shares.ts';
import type { Figures } from '../../model/presentation/text.ts';
import { ShareBar } from './share-bar.tsx';
import { ShareSign } from './share-sign.tsx';

/** Where everything is: a bar in proportion, where nothing else shows that, and the sum in figures, which always adds up. */
export function Sum({ figures, hasBar }: { readonly figures: Figures; readonly hasBar: boolean }) {
  const text = usePresentationText();
  const { number, word } = text.wording;
  const { total, unit, isOpenEnded } = figures;
  if (total === 0) return null;
  const shares = sharesOf(figures);
  return (
    <div className="present-sum">
      {hasBar && <ShareBar shares={shares} isOpenEnded={isOpenEnded} />}
      <p className="present-equation">
        <span>
          <b>{isOpenEnded ? text.soFar(number(total)) : number(total)}</b> <i>{word(total, unit)}</i>
        </span>
        {shares.map(({ part, count }, index) => (
          <span key={part} className={`is-${part}`}>
            <em>{index === 0 ? '=' : '+'}</em>{' '}
            <b>
              <ShareSign part={part} />
              {number(count)}
            </b>{' '}
            <i>{text.share[part](count)}</i>
          </span>
        ))}
      </p>
    </div>
  );
}
