import { ENGLISH as text } from '../../model/presentation-text.ts';
import { useStudio } from '../../stores/studio.ts';

const MOST = 3;

/** Why it stopped, as the author explained it; what nobody explained, in the words of the error. */
export function Causes() {
  const problems = useStudio(state => state.problems);
  const error = useStudio(state => state.detail?.error);
  const causes = problems?.causes ?? [];
  const alone = causes.length === 0 && error ? (error.explain ?? error.message) : undefined;
  if (causes.length === 0 && alone === undefined) return null;
  return (
    <ul className="present-causes" aria-label={text.causes}>
      {causes.slice(0, MOST).map(cause => (
        <li key={`${cause.node} ${cause.fingerprint}`}>
          <b>{text.squares(cause.batches)}</b>
          <span>{cause.explain ?? cause.message}</span>
        </li>
      ))}
      {causes.length > MOST && (
        <li>
          <b>+{causes.length - MOST}</b>
        </li>
      )}
      {alone !== undefined && (
        <li>
          <span>{alone}</span>
        </li>
      )}
    </ul>
  );
}
