import { clip } from '../common/safe-text.ts';
import type { EditedItem } from '../engine/run/rerun/request.ts';
import type { ValuePath } from '../engine/run/rerun/request.ts';
import { encode } from '../engine/store/codec.ts';
import { valueOfText } from '../host/runs/value-of-text.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './usage.ts';

type Edit = NonNullable<EditedItem['edits']>[number];

/** A name, then `.name`, `[2]` or `["any text"]` any number of times, and `=`. What begins otherwise is a whole item. */
const PLACE =
  /^(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\])(?:\.[\p{ID_Start}$_][\p{ID_Continue}$]*|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\])*(?==)/u;
const STEPS = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[]+)/gu;

/** What `--edit` says, each time that it is given: `Title="1941"`, or a whole item. @throws UsageError */
export function itemEdits({ edit }: Arguments['values']): readonly Edit[] {
  return Array.isArray(edit) ? edit.map(editOf) : [];
}

function editOf(given: string): Edit {
  const place = PLACE.exec(given)?.[0];
  const said = place === undefined ? given : given.slice(place.length + 1);
  try {
    return { path: place === undefined ? [] : pathOf(place), value: encode(valueOfText(said), 'item') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const as = place === undefined ? 'Title="1941", or the whole item' : `${place}="1941"`;
    throw new UsageError(
      `--edit ${clip(given, 100)}: ${clip(said, 60)} cannot be read: ${reason}. Write a text in quotes, such as '${as}', ` +
        `and other values as the Studio shows them: 12, true, null, [1, 2], 12n, Date("2026-01-31").`,
    );
  }
}

function pathOf(place: string): ValuePath {
  return Array.from(place.matchAll(STEPS), ([, index, quoted, name]): string | number =>
    index !== undefined ? Number(index) : quoted !== undefined ? String(JSON.parse(quoted)) : (name ?? ''),
  );
}
