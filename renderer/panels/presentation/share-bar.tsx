import type { Share } from '../../model/presentation/shares.ts';
import { ShareSign } from './share-sign.tsx';

interface Props {
  readonly shares: readonly Pick<Share, 'part' | 'count'>[];
  readonly isOpenEnded?: boolean;
}

/** Shares in proportion. The sum below says the same in figures. */
export function ShareBar({ shares, isOpenEnded = false }: Props) {
  return (
    <div className={`present-bar ${isOpenEnded ? 'is-open-ended' : ''}`} aria-hidden>
      {shares.map(({ part, count }) => (
        <span key={part} className={`is-${part}`} style={{ flexGrow: count }}>
          <ShareSign part={part} />
        </span>
      ))}
    </div>
  );
}
