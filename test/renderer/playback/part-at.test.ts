import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchStatus } from '../../../common/status.ts';
import { batchAt } from '../../../renderer/model/playback/batch-at.ts';
import { causesAt, statusesAt, tallyOf } from '../../../renderer/model/playback/part-at.ts';
import { randomHistory, type HistoryEvent, type RandomHistory } from '../../support/random-history.ts';

/** The plain way: all that happened up to then, one after the other. */
function folded({ events, part }: RandomHistory, at: number): HistoryEvent[] {
  const then = Array.from(part.starts, (_, index) => ({
    at: 0,
    index,
    status: BatchStatus.waiting as number,
    cause: 0,
  }));
  for (const event of events) if (event.at <= at) then[event.index] = event;
  return then;
}

const moment = randomHistory.chain(history => fc.tuple(fc.constant(history), fc.nat(history.to + 3)));

test('the status of each batch at a moment is what all events up to then made of it', () => {
  fc.assert(
    fc.property(moment, ([history, at]) => {
      expect([...statusesAt(history.part, at)]).toEqual(folded(history, at).map(({ status }) => status));
    }),
    { numRuns: 1_000 },
  );
});

test('what was computed for another moment leaves nothing behind', () => {
  fc.assert(
    fc.property(moment, fc.nat(300), ([history, at], before) => {
      const statuses = new Uint8Array(history.part.starts.length + 2);
      statusesAt(history.part, before, statuses);
      expect([...statusesAt(history.part, at, statuses)]).toEqual([...statusesAt(history.part, at), 0, 0]);
    }),
  );
});

test('the cause of each failed batch at a moment is that of the attempt that had failed', () => {
  fc.assert(
    fc.property(moment, ([history, at]) => {
      expect([...causesAt(history.part, at)]).toEqual(folded(history, at).map(({ cause }) => cause));
    }),
    { numRuns: 1_000 },
  );
});

test('one batch is told as the map shows it', () => {
  fc.assert(
    fc.property(moment, ([history, at]) => {
      const all = Array.from(history.part.starts, (_, index) => batchAt(history.part, index, at));
      expect(all.map(({ status }) => status)).toEqual([...statusesAt(history.part, at)]);
      expect(all.map(({ cause }) => cause)).toEqual([...causesAt(history.part, at)]);
    }),
    { numRuns: 1_000 },
  );
});

test('batches and items add up at every moment', () => {
  fc.assert(
    fc.property(moment, ([{ part }, at]) => {
      const statuses = statusesAt(part, at);
      const { batches, items } = tallyOf(part, statuses, at);
      for (const status of Object.values(BatchStatus)) {
        const those = [...part.items].filter((_, index) => statuses[index] === status);
        expect([batches[status], items[status]]).toEqual([those.length, those.reduce((sum, held) => sum + held, 0)]);
      }
    }),
  );
});

test('items stand in their batch until they are set aside, and again once they are taken back', () => {
  const [history] = fc.sample(
    randomHistory.filter(({ part }) => part.starts.length > 0),
    { numRuns: 1, seed: 1 },
  );
  if (!history) throw new Error('There is no history.');
  const part = {
    ...history.part,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(10),
    statuses: Uint8Array.of(BatchStatus.succeeded),
    items: Uint32Array.of(7),
    earlier: { ...history.part.earlier, indices: new Uint32Array(0) },
    waits: { indices: new Uint32Array(0), starts: new Uint32Array(0), ends: new Uint32Array(0) },
    aside: {
      indices: Uint32Array.of(0, 0),
      starts: Uint32Array.of(20, 30),
      // Two are taken back at 40; three of others still are set aside.
      ends: Uint32Array.of(40, 2 ** 32 - 1),
      items: Uint32Array.of(2, 3),
    },
  };
  const at = (time: number) => {
    const { items } = tallyOf(part, statusesAt(part, time), time);
    return [items[BatchStatus.succeeded], items[BatchStatus.setAside]];
  };
  expect([at(15), at(25), at(35), at(45)]).toEqual([
    [10, 0],
    [8, 2],
    [5, 5],
    [7, 3],
  ]);
});
