import { bytes, counted, duration, number, ITEM } from '../../../common/format.ts';
import type { Measured } from '../../../engine/store/odd-batches.ts';

/* What batches of one node are like, and how one of them is told from that. */

/** So many like it there must be. */
const LEAST_LIKE = 20;
/** How many deviations away is far: of the logarithms, so that twice as much is as far as half as much. */
const FAR = 5;
/** Half and twice as much are never far, however alike the others are. */
const LEAST_DEVIATION = Math.LN2 / FAR;
/** Makes of the median deviation what the standard deviation is among values that are spread as usual. */
const AS_STANDARD = 1.4826;
/** Where more than this share would be far, they are of another kind, and none of them is odd. */
const MOST_FAR = 0.1;
const MOST_FAR_OF_FEW = 5;
/** A shorter difference is the machine's. */
const LEAST_MS_APART = 50;
/** A shorter difference is that of a word. */
const LEAST_BYTES_APART = 256;

export interface Bounds {
  readonly median: number;
  readonly from: number;
  readonly to: number;
}

/** What the batches of a node are like; undefined of what says nothing, because they are too few or too different. */
export interface Like {
  readonly ms: Bounds | undefined;
  readonly items: Bounds | undefined;
  readonly bytesPerItem: Bounds | undefined;
  /** Nearly all of them put out something. */
  readonly putsOut: boolean;
}

const bytesPerItem = ({ bytes: size, items }: Measured) => size / Math.max(1, items);

export function likeOf(batches: readonly Measured[]): Like {
  const notEmpty = batches.filter(({ isEmpty }) => !isEmpty);
  const empty = batches.length - notEmpty.length;
  return {
    ms: boundsOf(batches.map(({ ms }) => ms)),
    items: boundsOf(batches.filter(({ isLast }) => !isLast).map(({ items }) => items)),
    bytesPerItem: boundsOf(notEmpty.map(bytesPerItem)),
    putsOut: notEmpty.length >= LEAST_LIKE && empty <= Math.max(MOST_FAR_OF_FEW, batches.length * MOST_FAR),
  };
}

function boundsOf(values: readonly number[]): Bounds | undefined {
  if (values.length < LEAST_LIKE) return undefined;
  const logs = values.map(value => Math.log(Math.max(1, value)));
  const middle = medianOf(logs);
  const deviation = AS_STANDARD * medianOf(logs.map(log => Math.abs(log - middle)));
  const far = FAR * Math.max(deviation, LEAST_DEVIATION);
  const bounds = { median: medianOf(values), from: Math.exp(middle - far), to: Math.exp(middle + far) };
  const beyond = values.filter(value => isFar(value, bounds)).length;
  return beyond > Math.max(MOST_FAR_OF_FEW, values.length * MOST_FAR) ? undefined : bounds;
}

/** On the bounds themselves it is not. */
function isFar(value: number, { from, to }: Bounds): boolean {
  return value > to * 1.000001 || Math.max(1, value) < from / 1.000001;
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** Why a batch is odd, in words; undefined where it is not. */
export function whyOdd(batch: Measured, like: Like): string | undefined {
  const { ms, items, isEmpty, wasRetried, isLast } = batch;
  const reasons = [
    like.ms && !wasRetried && isFar(ms, like.ms) && Math.abs(ms - like.ms.median) >= LEAST_MS_APART
      ? `took ${duration(ms)}, like ones ${duration(like.ms.median)}`
      : undefined,
    like.items && !isLast && isFar(items, like.items)
      ? `has ${counted(items, ITEM)}, like ones ${number(like.items.median)}`
      : undefined,
    like.putsOut && isEmpty ? 'put out nothing, like ones put out something' : undefined,
    like.bytesPerItem &&
    !isEmpty &&
    isFar(bytesPerItem(batch), like.bytesPerItem) &&
    Math.abs(batch.bytes - like.bytesPerItem.median * items) >= LEAST_BYTES_APART
      ? `put out ${sizeText(bytesPerItem(batch))} for each item, like ones ${sizeText(like.bytesPerItem.median)}`
      : undefined,
  ].filter(reason => reason !== undefined);
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function sizeText(size: number): string {
  return size < 1_000 ? counted(Math.round(size), ['byte', 'bytes']) : bytes(size);
}
