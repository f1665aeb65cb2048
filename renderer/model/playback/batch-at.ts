import { NEVER, type PartHistory } from '../../../common/history.ts';
import { BatchStatus } from '../../../common/status.ts';

/** One batch at a moment. */
export interface BatchThen {
  readonly status: number;
  /** Which attempt it was at: of one that waits for a re-run, the one that had ended. 0: it had not begun. */
  readonly attempt: number;
  /** Of that attempt, in units of the history. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Why it had failed: from 1, a place in the causes of the history; 0: it had not. */
  readonly cause: number;
}

export function batchAt(part: PartHistory, index: number, at: number): BatchThen {
  const { starts, ends, statuses, earlier, failed } = part;
  let attempt = 0;
  let then: Omit<BatchThen, 'attempt'> = {
    status: BatchStatus.waiting,
    startedAt: undefined,
    endedAt: undefined,
    cause: 0,
  };
  const take = (start: number, end: number, status: number, until: number, cause: () => number) => {
    if (at < Math.min(start, end)) return;
    const isOver = at >= end;
    const isOpen = isOver && at >= until;
    then = {
      status: isOpen ? BatchStatus.waiting : isOver ? status : BatchStatus.running,
      startedAt: start === NEVER ? undefined : start,
      endedAt: isOver ? end : undefined,
      cause: isOver && !isOpen && status === BatchStatus.failed ? cause() : 0,
    };
  };
  for (const place of placesOf(part, index)) {
    const [start, end] = [earlier.starts[place] ?? NEVER, earlier.ends[place] ?? NEVER];
    const status = earlier.statuses[place] ?? BatchStatus.waiting;
    // What a later session went on with is the same attempt.
    if (at >= Math.min(start, end) && status !== BatchStatus.waiting) attempt += 1;
    take(start, end, status, earlier.until[place] ?? NEVER, () => earlier.causes[place] ?? 0);
  }
  const [start, end] = [starts[index] ?? NEVER, ends[index] ?? NEVER];
  if (at >= Math.min(start, end)) attempt += 1;
  take(
    start,
    end,
    statuses[index] ?? BatchStatus.waiting,
    NEVER,
    () => failed.causes[failed.indices.indexOf(index)] ?? 0,
  );
  const { waits } = part;
  if (then.status === BatchStatus.running)
    for (let place = 0; place < waits.indices.length; place++)
      if (waits.indices[place] === index && at >= (waits.starts[place] ?? NEVER) && at < (waits.ends[place] ?? 0))
        then = { ...then, status: BatchStatus.retrying };
  return { ...then, attempt };
}

/** Where the earlier attempts of each batch stand: made once, because rows ask for many batches. */
interface Places {
  readonly offsets: Uint32Array;
  readonly places: Uint32Array;
}

const known = new WeakMap<PartHistory, Places>();

function placesOf(part: PartHistory, index: number): Uint32Array {
  let found = known.get(part);
  if (!found) known.set(part, (found = placesByIndex(part)));
  return found.places.subarray(found.offsets[index] ?? 0, found.offsets[index + 1] ?? 0);
}

function placesByIndex({ starts, earlier: { indices } }: PartHistory): Places {
  const offsets = new Uint32Array(starts.length + 1);
  for (const index of indices) offsets[index + 1] = (offsets[index + 1] ?? 0) + 1;
  for (let index = 0; index < starts.length; index++)
    offsets[index + 1] = (offsets[index + 1] ?? 0) + (offsets[index] ?? 0);
  const next = offsets.slice();
  const places = new Uint32Array(indices.length);
  for (const [place, index] of indices.entries()) places[(next[index] = (next[index] ?? 0) + 1) - 1] = place;
  return { offsets, places };
}
