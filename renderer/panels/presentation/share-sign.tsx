import type { ReactNode } from 'react';
import type { SharePart } from '../../model/presentation/shares.ts';

const CHECK = <path d="M4 12.5 9.5 18 20 6.5" />;
const CROSS = <path d="M6 6 18 18M18 6 6 18" />;
const DOT = <circle className="filled" cx="12" cy="12" r="3" />;

const SIGNS: Readonly<Record<SharePart, ReactNode>> = {
  done: CHECK,
  first: CHECK,
  repaired: (
    <>
      <path d="M19.5 12a7.5 7.5 0 1 1-2.4-5.5" />
      <path className="filled" d="M20.5 2.5v6h-6z" />
    </>
  ),
  running: <path className="filled" d="M7 4.5 19 12 7 19.5z" />,
  waiting: DOT,
  held: DOT,
  cancelled: (
    <>
      <circle cx="12" cy="12" r="7.5" />
      <path d="M7 17 17 7" />
    </>
  ),
  aside: <path d="M5 12h14" />,
  failed: CROSS,
  fault: CROSS,
};

/** A share by its sign: colour alone says little on a pale projector. */
export function ShareSign({ part }: { readonly part: SharePart }) {
  return (
    <svg className="present-sign" viewBox="0 0 24 24" aria-hidden>
      {SIGNS[part]}
    </svg>
  );
}
