import { unitOfRun } from '../../../common/graph-nodes.ts';
import type { ItemAtFault } from '../../../host/api/api.ts';
import { checkedItems } from '../../model/items/fix-progress.ts';
import { itemName, itemsOfCause } from '../../model/items/at-fault.ts';
import { unitIn } from '../../model/presentation/languages.ts';
import { partOf, type Mapped } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { useStudio } from '../../stores/studio.ts';

const MOST = 3;
const NAMES = 9;
const NAMES_TESTED = 14;

interface CausesProps {
  readonly map: Mapped | undefined;
  /** Whether it is known of all that failed who is at fault. */
  readonly isKnown: boolean;
  /** Whether there is room for names. */
  readonly hasNames: boolean;
}

/** Why it stopped, as the author explained it, and whom it is about; what nobody explained, in the words of the error. */
export function Causes({ map, isKnown, hasNames }: CausesProps) {
  const text = usePresentationText();
  const problems = useStudio(state => state.problems);
  const error = useStudio(state => state.detail?.error);
  const findings = useStudio(state => state.findings);
  const unit = useUnit();
  const causes = problems?.causes ?? [];
  const alone = causes.length === 0 && error ? (error.explain ?? error.message) : undefined;
  if (causes.length === 0 && alone === undefined) return null;
  return (
    <ul className="present-causes" aria-label={text.causes}>
      {causes.slice(0, MOST).map(cause => {
        const items = isKnown ? itemsOfCause(findings?.items ?? [], cause) : [];
        return (
          <li key={`${cause.node} ${cause.fingerprint}`}>
            <b>
              {items.length > 0
                ? text.wording.counted(items.length, unit)
                : text.batches(cause.batches, partOf([cause.path], map))}
            </b>
            <div>
              <span>{cause.explain ?? cause.message}</span>
              {hasNames && <Names items={items} most={NAMES} />}
            </div>
          </li>
        );
      })}
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

/** All that were at fault, each with the sign that it passes now. */
export function AtFaultNow() {
  const items = useStudio(state => state.findings?.items);
  const check = useStudio(state => state.check);
  const passing = checkedItems(items ?? [], check).flatMap(({ item, as }) => (as === 'passes' ? [item] : []));
  return <Names items={passing} most={NAMES_TESTED} passes />;
}

interface NamesProps {
  readonly items: readonly ItemAtFault[];
  readonly most: number;
  readonly passes?: boolean;
}

/** Names of the author's; those without one by their place in the source. */
function Names({ items, most, passes = false }: NamesProps) {
  const text = usePresentationText();
  const unit = useUnit();
  // A single one is pointed at on the map.
  if (
    items.length === 0 ||
    (!passes && items.length === 1) ||
    (!passes && items.every(item => item.label === undefined))
  )
    return null;
  return (
    <ul className={`present-names ${passes ? 'pass' : ''}`} aria-label={text.atFault}>
      {items.slice(0, most).map(item => (
        <li key={`${item.scope} ${item.item}`}>
          {passes && '✓ '}
          {item.label === undefined ? `${unit[0]} ${text.wording.number(item.position + 1)}` : itemName(item, unit)}
        </li>
      ))}
      {items.length > most && <li className="more">{text.more(items.length - most)}</li>}
    </ul>
  );
}

function useUnit() {
  const text = usePresentationText();
  const graph = useStudio(state => state.detail?.graph);
  const nodes = useStudio(state => state.progress?.nodes);
  return unitIn(text, unitOfRun(graph ?? { id: '', name: '', triggers: [], nodes: [] }, nodes ?? []));
}
