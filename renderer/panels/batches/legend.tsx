import { GLYPH } from '../../../common/status.ts';
import { STATUS_NAMES } from '../../model/run-model.ts';
import type { NamedColouring } from '../../hooks/use-colouring.ts';

/** What the map's colours mean. */
export function Legend({ colouring }: { colouring: NamedColouring | undefined }) {
  const entries =
    colouring?.legend ??
    STATUS_NAMES.filter(name => name !== 'superseded').map(name => ({
      colour: `var(--map-${name})`,
      words: `${GLYPH[name]} ${name}`,
    }));
  return (
    <ul className="legend" aria-label="Colours">
      {entries.map(({ colour, words }) => (
        <li key={`${colour} ${words}`}>
          <i style={{ background: colour }} aria-hidden />
          {words}
        </li>
      ))}
    </ul>
  );
}
