import { BATCH_STATUS_NAMES, GLYPH, statusWord } from '../../../common/status.ts';
import type { LegendEntry } from '../../model/attempt-colours.ts';
import type { MapColouring } from './use-colouring.ts';

/** What the map's colours mean. */
export function Legend({ colouring }: { colouring: MapColouring | undefined }) {
  const entries: readonly LegendEntry[] =
    colouring?.legend ??
    BATCH_STATUS_NAMES.filter(name => name !== 'superseded').map(name => ({
      colour: `var(--map-${name})`,
      text: `${GLYPH[name]} ${statusWord(name)}`,
    }));
  return (
    <ul className="legend" aria-label="Colours">
      {entries.map(({ colour, text, isStriped }) => (
        <li key={`${colour} ${text}`} title={text}>
          <i className={isStriped ? 'striped' : undefined} style={{ backgroundColor: colour }} aria-hidden />
          {text}
        </li>
      ))}
    </ul>
  );
}
