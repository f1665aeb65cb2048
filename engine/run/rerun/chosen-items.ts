import { NEXT } from '../../../common/next-steps.ts';
import { told } from '../../../common/told.ts';
import { isLeftInBatch } from '../../../common/findings.ts';
import { shortIndex } from '../../../common/set-aside.ts';
import { describeValue } from '../../workflow/errors.ts';
import { encode, decode } from '../../store/codec.ts';
import type { OtherItems } from '../../store/rerun-changes.ts';
import type { RerunBatch, RerunReader } from '../../store/rerun-reader.ts';
import type { ItemsToSetAside, ItemsToTakeBack } from '../../store/set-aside.ts';
import { BatchStatus } from '../../../common/status.ts';
import { withEdits } from './edited-items.ts';
import { withValueAt } from './values-at.ts';
import { RerunError, type CorrectedItem, type EditedItem, type ItemPlace, type RerunRequest } from './request.ts';
import type { RunNodes } from './run-nodes.ts';

/** The items that a request sets aside or takes back in, by the batches they are of. */
export interface ChosenItems {
  readonly batches: readonly RerunBatch[];
  readonly setAside: ReadonlyMap<number, ItemsToSetAside>;
  readonly takenIn: ReadonlyMap<number, ItemsToTakeBack>;
  /** The lists of batches of which items are corrected. */
  readonly corrected: ReadonlyMap<number, OtherItems>;
}

const NONE: ChosenItems = { batches: [], setAside: new Map(), takenIn: new Map(), corrected: new Map() };

/**
 * @param batches That are re-run anyway
 * @throws RerunError
 */
export function chooseItems(
  stored: RerunReader,
  nodes: RunNodes,
  request: RerunRequest,
  batches: readonly RerunBatch[],
): ChosenItems {
  const { setAside, takeBack, correct } = request;
  if (setAside === undefined && takeBack === undefined && correct === undefined) return NONE;
  const aside =
    setAside === undefined
      ? []
      : setAside.items === 'found'
        ? found(stored, request, setAside, batches)
        : named(stored, nodes, request, setAside, setAside.items);
  const back =
    takeBack === undefined
      ? []
      : takeBack === 'all'
        ? allOf(stored, nodes, request)
        : returned(stored, nodes, request, takeBack);
  const corrected = correct === undefined ? [] : correctedLists(stored, nodes, request, correct);
  const all = new Map([...aside, ...back, ...corrected].map(({ batch }) => [batch.scope, batch]));
  return {
    batches: [...all.values()],
    setAside: new Map(aside.map(({ batch, ...items }) => [batch.scope, { scope: batch.scope, ...items }])),
    takenIn: new Map(back.map(({ batch, items }) => [batch.scope, { scope: batch.scope, items }])),
    corrected: new Map(corrected.map(({ batch, ...list }) => [batch.scope, { scope: batch.scope, ...list }])),
  };
}

type Setting = NonNullable<RerunRequest['setAside']>;
type Aside = Omit<ItemsToSetAside, 'scope'> & { readonly batch: RerunBatch };
type Back = Omit<ItemsToTakeBack, 'scope'> & { readonly batch: RerunBatch };
type Corrected = Omit<OtherItems, 'scope'> & { readonly batch: RerunBatch };

/** What was found at fault in the batches that are re-run. */
function found(
  stored: RerunReader,
  { node }: RerunRequest,
  { who, at, reason }: Setting,
  batches: readonly RerunBatch[],
): Aside[] {
  const aside = batches.flatMap((batch): Aside[] => {
    const items = stored
      .findingsOf(batch.scope)
      .filter(finding => !isLeftInBatch(finding))
      .map(({ item, position, label, found: how, error }) => ({
        item,
        position,
        label,
        found: how,
        error,
        reason,
        who,
      }));
    return items.length === 0 ? [] : [{ batch, at, items }];
  });
  if (aside.length > 0) return aside;
  const where = node === undefined ? `run ${stored.run}` : `${describeValue(node)} of run ${stored.run}`;
  throw new RerunError(
    `No item at fault is known in the failed batches of ${where}. Find them first: cronflow find ${stored.run}`,
  );
}

/** Items that a person has named by their places. */
function named(
  stored: RerunReader,
  nodes: RunNodes,
  request: RerunRequest,
  { who, at, reason }: Setting,
  places: readonly ItemPlace[],
): Aside[] {
  return byBatch(stored, nodes, request, places).map(({ batch, items: chosen }) => {
    const gone = new Set(stored.itemsGone(batch.scope));
    const known = new Map(stored.findingsOf(batch.scope).map(finding => [finding.item, finding]));
    const items = chosen.map(({ item }) => {
      if (gone.has(item)) throw new RerunError(`${itemText(batch, item)} is set aside already.`);
      const count = batch.items + gone.size;
      if (item >= count)
        throw new RerunError(
          `Batch ${batch.index} has ${count} items, which are numbered from 0: it has no item ${item}.`,
        );
      const finding = known.get(item);
      const position = finding?.position ?? stored.positionOf(batch, item);
      const { label, found: how, error } = finding ?? { label: undefined, found: undefined, error: undefined };
      return { item, position, label, found: how, error, reason, who };
    });
    return { batch, at, items };
  });
}

/** All that is set aside, of the nodes that are asked for. */
function allOf(stored: RerunReader, nodes: RunNodes, { node }: RerunRequest): Back[] {
  const ids = new Set(node === undefined ? nodes.batchNodes() : nodes.find(node));
  const back = stored
    .scopesSetAside()
    .flatMap(scope => stored.batch(scope) ?? [])
    .filter(batch => ids.has(batch.node) && batch.status !== BatchStatus.superseded)
    .map(batch => ({ batch, items: stored.itemsGone(batch.scope).map(item => ({ item })) }));
  if (back.length > 0) return back;
  throw new RerunError(
    `Nothing of ${node === undefined ? `run ${stored.run}` : describeValue(node)} is set aside: there is nothing to take back in.`,
  );
}

function returned(
  stored: RerunReader,
  nodes: RunNodes,
  request: RerunRequest,
  places: readonly (ItemPlace & EditedItem)[],
): Back[] {
  return byBatch(stored, nodes, request, places).map(({ batch, items }) => {
    const gone = new Set(stored.itemsGone(batch.scope));
    return {
      batch,
      items: items.map(place => {
        const { item } = place;
        if (!gone.has(item)) throw new RerunError(`${itemText(batch, item)} is not set aside.`);
        return { item, value: edited(stored, batch, place) };
      }),
    };
  });
}

/** The lists of batches with other values in the places of some of their items. */
function correctedLists(
  stored: RerunReader,
  nodes: RunNodes,
  request: RerunRequest,
  places: readonly CorrectedItem[],
): Corrected[] {
  return byBatch(stored, nodes, request, places).map(({ batch, items }) => {
    const gone = stored.itemsGone(batch.scope);
    const list = decode(stored.itemsOf(batch.scope) ?? '[]') as unknown[];
    for (const { item, value } of items) {
      const index = shortIndex(item, gone);
      if (gone.includes(item) || index >= list.length)
        throw new RerunError(`${itemText(batch, item)} is not in its batch any more.`);
      list[index] = decode(value);
    }
    return { batch, count: list.length, items: encode(list, 'items') };
  });
}

/** What a person has made of an item, in the codec's text. What they have not changed stays what it is. */
function edited(
  stored: RerunReader,
  { scope }: RerunBatch,
  { item, value, shown, edits }: ItemPlace & EditedItem,
): string | undefined {
  if (value !== undefined && shown === undefined) return value;
  if (value === undefined && edits === undefined) return undefined;
  const text = stored.valueSetAside(scope, item);
  const before: unknown = decode(shown ?? text);
  const after = (edits ?? []).reduce<unknown>(
    (result, edit) => withValueAt(result, edit.path, decode(edit.value)),
    value === undefined ? before : decode(value),
  );
  return encode(withEdits(decode(text), before, after, 'item'), 'item');
}

function itemText({ index }: RerunBatch, item: number): string {
  return `Item ${item} of batch ${index}`;
}

function byBatch<P extends ItemPlace>(
  stored: RerunReader,
  nodes: RunNodes,
  request: RerunRequest,
  places: readonly P[],
): { readonly batch: RerunBatch; readonly items: P[] }[] {
  const groups = Map.groupBy(places, place => ('scope' in place ? `scope ${place.scope}` : `batch ${place.batch}`));
  return Array.from(groups.values(), group => {
    const [first] = group as [P, ...P[]];
    const batch = 'scope' in first ? stored.batch(first.scope) : batchAt(stored, nodes, request, first.batch);
    if (!batch || batch.status === BatchStatus.superseded)
      throw new RerunError(`A batch that was named is not in use any more.`);
    const items = [...new Map(group.map(place => [place.item, place])).values()];
    return { batch, items: items.toSorted((a, b) => a.item - b.item) };
  });
}

/** The batch that a person means by its index. @throws RerunError where there is none, or more than one */
function batchAt(stored: RerunReader, nodes: RunNodes, { node }: RerunRequest, index: number): RerunBatch {
  const ids = node === undefined ? nodes.outermostOf(nodes.batchNodes()) : nodes.find(node);
  const paths = ids.map(id => nodes.path(id)).join(', ');
  if (node === undefined && ids.length > 1)
    throw new RerunError(told`The run has several batch nodes (${paths}). ${NEXT.oneNodesItems}.`);
  const [only, ...others] = ids.flatMap(id => stored.batchesAt(id, [index], nodes.isOutermost(id) ? 0 : undefined));
  if (!only) throw new RerunError(`${paths} has no batch ${index}. Batches are numbered from 0.`);
  if (others.length === 0) return only;
  throw new RerunError(
    `${paths} has ${others.length + 1} batches ${index}, each inside another batch. Set aside what was found at fault with ` +
      `--set-aside found, or choose the items in the Studio.`,
  );
}
