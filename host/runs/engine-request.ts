import { InexactNumberError } from '../../common/exact-json.ts';
import { encode } from '../../engine/store/codec.ts';
import type { EditedItem, ItemPlace, RerunRequest as EngineRequest } from '../../engine/run/rerun/request.ts';
import { userName } from '../../engine/user-name.ts';
import type { RerunRequest } from '../api/api.ts';
import { valueOfText } from './value-of-text.ts';

/** The items that a page sent are not a list. */
class ItemsError extends Error {
  override readonly name = 'ItemsError';
}

/** A page's request to re-run batches of a run, in the engine's terms. @throws ItemsError, RerunError */
export type EngineRequestOf = (run: number, request: RerunRequest) => Promise<EngineRequest>;

/** A page's request in the engine's terms, without what a corrected file says. @throws ItemsError */
export function engineRequest({
  node,
  select,
  fromStart,
  tryOne,
  items,
  itemsShown,
  setAside,
  takeBack,
  renamed,
  discard,
}: Omit<RerunRequest, 'corrections'>): EngineRequest {
  const edited = items === undefined ? undefined : itemsFrom(items);
  const shown = itemsShown === undefined ? undefined : itemsFrom(itemsShown);
  return {
    ...{ node, batches: select === 'none' ? [] : select, fromStart, tryOne, items: edited, itemsShown: shown },
    ...{ renamed, discard },
    ...(setAside && { setAside: { ...setAside, who: userName(), at: Date.now() } }),
    ...(takeBack && { takeBack: takeBack === 'all' ? takeBack : takeBack.map(withEdit) }),
  };
}

type TakenBack = Exclude<NonNullable<RerunRequest['takeBack']>, 'all'>[number];

function withEdit({ value, shown, ...place }: TakenBack): ItemPlace & EditedItem {
  return {
    ...place,
    ...(value !== undefined && { value: encode(parse(value, 'The item'), 'item') }),
    ...(shown !== undefined && { shown: encode(parse(shown, 'The item'), 'item') }),
  };
}

function itemsFrom(json: string): string {
  const items = parse(json, 'The items');
  if (!Array.isArray(items)) throw new ItemsError('The items of a batch are a list: start with [ and end with ].');
  return encode(items, 'items');
}

function parse(json: string, what: 'The item' | 'The items'): unknown {
  try {
    return valueOfText(json);
  } catch (error) {
    if (error instanceof InexactNumberError) throw new ItemsError(error.message);
    throw new ItemsError(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
