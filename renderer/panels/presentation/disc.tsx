import { GLYPH } from '../../../common/status.ts';
import type { StageKind } from '../../model/presentation/stage.ts';

const SIGN: Readonly<Record<StageKind, string>> = {
  running: GLYPH.running,
  failed: GLYPH.failed,
  changed: GLYPH.retrying,
  done: GLYPH.completed,
  'set-aside': GLYPH.completed,
  paused: GLYPH.paused,
  interrupted: GLYPH.interrupted,
  cancelled: GLYPH.cancelled,
};

/** A state by its sign and its shape: on a pale projector, colour says little. The word stands beside it. */
export function Disc({ kind }: { kind: StageKind }) {
  return (
    <span className={`present-disc is-${kind}`} aria-hidden>
      {SIGN[kind]}
    </span>
  );
}
