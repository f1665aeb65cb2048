import fc from 'fast-check';
import { NEVER, type PartHistory } from '../../common/history.ts';
import { BatchStatus } from '../../common/status.ts';

/* Histories of some batches as they may come about, told twice: as events in their order, and as the host tells them. */

const { waiting, running, succeeded, failed, cancelled, retrying } = BatchStatus;

/** From a time on, a batch has a status, at an attempt, for a cause. */
export interface HistoryEvent {
  readonly at: number;
  readonly index: number;
  readonly status: number;
  readonly cause: number;
}

export interface RandomHistory {
  readonly part: PartHistory;
  readonly events: readonly HistoryEvent[];
  readonly to: number;
}

type Follow = 'rerun' | 'retry' | 'resumed';

interface Attempt {
  readonly wait: number;
  readonly takes: number;
  /** Of a failed one: how long it is before somebody asks for another, or before the retry begins. */
  readonly rest: number;
  readonly follow: Follow;
  readonly cause: number;
  /** While it runs a step waits, from one part of it to another. */
  readonly pause: readonly [number, number] | undefined;
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  wait: fc.nat(20),
  takes: fc.nat(20),
  rest: fc.nat(30),
  follow: fc.constantFrom('rerun', 'retry', 'resumed'),
  cause: fc.integer({ min: 1, max: 3 }),
  pause: fc.option(fc.tuple(fc.nat(10), fc.integer({ min: 1, max: 10 })), { nil: undefined }),
});

const lastOf = fc.constantFrom('succeeded', 'failed', 'cancelled', 'cancelled before it began', 'waits', 'goes on');
const batch = fc.record({
  attempts: fc.array(attempt, { maxLength: 4 }),
  last: attempt,
  end: lastOf,
  items: fc.nat(9),
});

export const randomHistory: fc.Arbitrary<RandomHistory> = fc.array(batch, { maxLength: 12 }).map(batches => {
  const events: HistoryEvent[] = [];
  const starts = new Uint32Array(batches.length).fill(NEVER);
  const ends = new Uint32Array(batches.length).fill(NEVER);
  const statuses = new Uint8Array(batches.length);
  const spans: [index: number, start: number, end: number, status: number, until: number, cause: number][] = [];
  const waits: [number, number, number][] = [];
  const causes: [number, number][] = [];
  let to = 1;
  for (const [index, { attempts, last, end: how }] of batches.entries()) {
    let now = 0;
    const become = (status: number, cause = 0) => events.push({ at: now, index, status, cause });
    const run = ({ wait, takes, pause }: Attempt): readonly [number, number] => {
      const start = (now += wait);
      become(running);
      const [from, length] = pause ?? [takes, 0];
      if (from + length <= takes && length > 0) {
        waits.push([index, start + from, start + from + length]);
        now = start + from;
        become(retrying);
        now = start + from + length;
        become(running);
      }
      now = start + takes;
      return [start, now];
    };
    for (const one of attempts) {
      const [start, end] = run(one);
      const status = { rerun: failed, retry: retrying, resumed: waiting }[one.follow];
      become(status, status === failed ? one.cause : 0);
      let until = NEVER;
      if (one.follow === 'rerun') {
        until = now += one.rest;
        become(waiting);
      } else now += one.rest;
      spans.push([index, start, end, status, until, one.cause]);
    }
    if (how === 'cancelled before it began') {
      now += last.wait;
      ends[index] = now;
      statuses[index] = cancelled;
      become(cancelled);
    } else if (how !== 'waits') {
      const [start, end] = run(last);
      starts[index] = start;
      statuses[index] = { succeeded, failed, cancelled, 'goes on': running }[how];
      if (how !== 'goes on') {
        ends[index] = end;
        become(statuses[index] ?? 0, how === 'failed' ? last.cause : 0);
        if (how === 'failed') causes.push([index, last.cause]);
      }
    }
    to = Math.max(to, now);
  }
  spans.sort((a, b) => Math.min(a[1], a[2]) - Math.min(b[1], b[2]));
  const part: PartHistory = {
    of: 'batches',
    node: 1,
    path: 'each',
    isMapped: true,
    starts,
    ends,
    statuses,
    items: Uint32Array.from(batches, ({ items }) => items),
    earlier: {
      indices: Uint32Array.from(spans, ([index]) => index),
      starts: Uint32Array.from(spans, ([, start]) => start),
      ends: Uint32Array.from(spans, ([, , end]) => end),
      statuses: Uint8Array.from(spans, ([, , , status]) => status),
      until: Uint32Array.from(spans, ([, , , , until]) => until),
      causes: Uint8Array.from(spans, ([, , , status, , cause]) => (status === failed ? cause : 0)),
    },
    waits: {
      indices: Uint32Array.from(waits, ([index]) => index),
      starts: Uint32Array.from(waits, ([, from]) => from),
      ends: Uint32Array.from(waits, ([, , until]) => until),
    },
    failed: {
      indices: Uint32Array.from(causes, ([index]) => index),
      causes: Uint8Array.from(causes, ([, cause]) => cause),
    },
    aside: {
      indices: new Uint32Array(0),
      starts: new Uint32Array(0),
      ends: new Uint32Array(0),
      items: new Uint32Array(0),
    },
  };
  // What happened to one batch at one time stays in its order.
  return { part, events: events.toSorted((a, b) => a.at - b.at), to };
});
