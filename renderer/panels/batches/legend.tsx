import { BATCH_STATUS_NAMES, GLYPH, statusWord } from '../../../common/status.ts';
import type { MapColouring } from './use-colouring.ts';

/** What the map's colours mean. */
export function Legend({ colouring }: { colouring: MapColouring | undefined }) {
  const entries =
    colouring?.legend ??
    BATCH_STATUS_NAMES.filter(name => name !== 'superseded').map(name => ({
      colour: `var(--map-${name})`,
      text: `${GLYPH[name]} ${statusWord(name)}`,
    }));
  return (
    <ul className="legend" aria-label="Colours">
      {entries.map(({ colour, text }) => (
        <li key={`${colour} ${text}`} title={text}>
          <i style={{ background: colour }} aria-hidden />
          {text}
        </li>
      ))}
    </ul>
  );
}
