import { duration, number } from '../../../common/format.ts';
import { batchStatusName, statusWord } from '../../../common/status.ts';
import { label } from '../../model/shown-text.ts';
import { batchAt } from '../../model/playback/batch-at.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';
import { Glyph } from '../../ui/glyph.tsx';
import './playback.css';

/** Above what is told of now while an earlier moment is shown; of a batch also how it was then. */
export function MomentNote({ node, index }: { node?: number | undefined; index?: number | undefined }) {
  const past = useStudio(shownPast);
  if (!past) return null;
  const { history, at } = past;
  const part = history.parts.find(other => other.isMapped && other.node === node);
  const then = part && index !== undefined ? batchAt(part, index, Math.floor(at / history.unit)) : undefined;
  const cause = then && history.causes[then.cause - 1];
  return (
    <p className="moment-note">
      {then && (
        <>
          <b>At {duration(at)}:</b> <Glyph status={batchStatusName(then.status)} silent />{' '}
          {statusWord(batchStatusName(then.status))}
          {then.attempt > 1 && `, attempt ${number(then.attempt)}`}
          {cause && (
            <>
              {': '}
              <code>{label(cause.message, 200)}</code>
            </>
          )}
          .{' '}
        </>
      )}
      <span className="muted">Below is how it is now.</span>
    </p>
  );
}
