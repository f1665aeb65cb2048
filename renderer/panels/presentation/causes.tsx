import { unitOfRun } from '../../../common/graph-nodes.ts';
import { label } from '../../model/shown-text.ts';
import { partOf, type Mapped } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { unitIn } from '../../model/presentation/languages.ts';
import type { PresentationText } from '../../model/presentation/text.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';

const MOST = 3;
const NAMES = 5;
const LONGEST_NAME = 40;

/** Why it stopped, as the author explained it; what nobody explained, in the words of the error. */
export function Causes({ map }: { map: Mapped | undefined }) {
  const text = usePresentationText();
  const problems = useStudio(state => state.problems);
  const error = useStudio(state => state.detail?.error);
  const causes = problems?.causes ?? [];
  const alone = causes.length === 0 && error ? (error.explain ?? error.message) : undefined;
  if (causes.length === 0 && alone === undefined) return null;
  return (
    <ul className="present-causes" aria-label={text.causes}>
      {causes.slice(0, MOST).map(cause => (
        <li key={`${cause.node} ${cause.fingerprint}`}>
          <b>{text.batches(cause.batches, partOf([cause.path], map))}</b>
          <span>{cause.explain ?? cause.message}</span>
        </li>
      ))}
      {causes.length > MOST && (
        <li>
          <b>+{text.wording.number(causes.length - MOST)}</b>
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

/** Who has to be looked at, by name where they have one, and that the others only wait. */
export function AtFault() {
  const text = usePresentationText();
  const counts = useStudio(state => state.findings?.counts);
  const sentences = useStudio(state => atFaultText(state, text));
  if (!counts || counts.items === 0) return null;
  return <p className="present-at-fault">{sentences}</p>;
}

function atFaultText({ findings, detail, progress }: StudioState, text: PresentationText): string {
  if (!findings || !detail || !progress) return '';
  const { counts, items } = findings;
  const called = items.slice(0, NAMES).map(item => item.label);
  const names = called.flatMap(name => (name === undefined ? [] : [label(name, LONGEST_NAME)]));
  return text
    .atFault({
      unit: unitIn(text, unitOfRun(detail.graph, progress.nodes)),
      items: counts.items,
      waiting: counts.waiting,
      // Some without a name among them would not be counted right.
      names: names.length === called.length ? names : [],
    })
    .join(' ');
}
