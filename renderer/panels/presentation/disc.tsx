import type { ReactNode } from 'react';
import type { StageKind } from '../../model/presentation/stage.ts';

const CHECK = <path d="M5 12.5 10 17.5 19 7" />;
const CROSS = <path d="M7 7 17 17M17 7 7 17" />;
const AGAIN = (
  <>
    <path d="M18.5 12a6.5 6.5 0 1 1-2-4.7" />
    <path className="filled" d="M19.5 3.500v6h-6z" />
  </>
);
const PAUSE = <path d="M9 7v10M15 7v10" />;

const SIGN: Readonly<Record<StageKind, ReactNode>> = {
  running: <path className="filled" d="M9 6.5 18 12 9 17.500z" />,
  pausing: PAUSE,
  cancelling: PAUSE,
  failed: CROSS,
  changed: AGAIN,
  testing: AGAIN,
  partly: CROSS,
  corrected: CHECK,
  done: CHECK,
  'set-aside': CHECK,
  paused: PAUSE,
  waiting: (
    <>
      <path d="M8.5 9a3.5 3.5 0 1 1 5 3.100c-1 .6-1.500 1.200-1.500 2.400" />
      <path d="M12 18v.1" />
    </>
  ),
  interrupted: <path d="M5 12h4M15 12h4M11 7l-1 10M14 7l-1 10" />,
  cancelled: (
    <>
      <circle cx="12" cy="12" r="6.5" />
      <path d="M7.5 16.5 16.5 7.5" />
    </>
  ),
};

/** A state by its sign and its shape: on a pale projector, colour says little. The word stands beside it. */
export function Disc({ kind }: { readonly kind: StageKind }) {
  return (
    <span className={`present-disc is-${kind}`} aria-hidden>
      <svg className="present-sign" viewBox="0 0 24 24">
        {SIGN[kind]}
      </svg>
    </span>
  );
}
