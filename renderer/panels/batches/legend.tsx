import { number } from '../../../common/format.ts';
import { BATCH_STATUS_NAMES, GLYPH, statusWord } from '../../../common/status.ts';
import { select } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import type { LegendEntry } from '../../model/legend-entry.ts';
import type { MapColouring } from './use-colouring.ts';

/** What the map's colours mean. What says how many batches it stands for selects them by a click, and lets them go by another. */
export function Legend({ colouring }: { colouring: MapColouring | undefined }) {
  const entries: readonly LegendEntry[] =
    colouring?.legend ??
    BATCH_STATUS_NAMES.filter(name => name !== 'superseded').map(name => ({
      colour: `var(--map-${name})`,
      text: `${GLYPH[name]} ${statusWord(name)}`,
    }));
  return (
    <ul className="legend" aria-label="Colours">
      {entries.map(entry => (
        <li key={`${entry.colour} ${entry.text}`} title={entry.text}>
          {entry.choice ? <Choice entry={entry} choice={entry.choice} /> : <Words entry={entry} />}
        </li>
      ))}
    </ul>
  );
}

function Words({ entry: { colour, text, count, isStriped } }: { entry: LegendEntry }) {
  return (
    <>
      <i className={isStriped ? 'striped' : undefined} style={{ backgroundColor: colour }} aria-hidden />
      <span>{text}</span>
      {count !== undefined && <b>{number(count)}</b>}
    </>
  );
}

function Choice({ entry, choice }: { entry: LegendEntry; choice: NonNullable<LegendEntry['choice']> }) {
  const chosen = useStudio(state => state.selection?.why === choice.why);
  return (
    <button
      type="button"
      aria-pressed={chosen}
      title={`Select the batches with ${entry.text}`}
      onClick={() => select(chosen ? undefined : choice.selection())}
    >
      <Words entry={entry} />
    </button>
  );
}
