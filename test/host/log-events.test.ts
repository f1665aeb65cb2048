import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getLogEvents } from '../../host/store/values.ts';
import { eventLines, eventsWith, withEvents } from '../../renderer/model/log-events.ts';
import { failing } from '../support/failing-steps.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

/** Of three rows the second one is asked twice, and the third one fails for good; then it is re-run. */
async function ran() {
  const bench = new TimedBench();
  const definition = workflow(flow =>
    flow.forEach('rows', ['a', 'b', 'c'], (row, inner) => {
      inner
        .step('ask', row === 'b' ? failing(1) : row === 'c' ? failing(2) : () => row)
        .retry({ attempts: 2, backoff: { delay: 2_000, jitter: false } });
    }),
  );
  const { run } = await bench.run(definition);
  await bench.clock.advance(60_000);
  await bench.rerun(definition, run);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const scopes = bench.db.prepare<[], number>('select scope from batches order by idx').pluck().all();
  return { store, run, scopes };
}

test('retries, and what became of batches and of the run, are events in their order', async () => {
  const { store, run, scopes } = await ran();
  const { events, more } = getLogEvents(store, { run, from: 0, limit: 100 });
  expect(more).toBe(false);
  expect(events.map(({ kind, batch, attempt }) => [kind, batch?.index, attempt])).toEqual([
    ['session', undefined, 1],
    ['retry', 1, 1],
    ['retry', 2, 1],
    ['batch-failed', 2, 1],
    ['session-end', undefined, 1],
    ['session', undefined, 2],
    ['batch-again', 2, 2],
    ['session-end', undefined, 2],
  ]);
  expect(events[1]).toMatchObject({ path: 'rows/ask', waits: 2_000, text: expect.any(String) as string });
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));

  const ofLast = getLogEvents(store, { run, scope: scopes[2] ?? 0, from: 0, limit: 100 }).events;
  expect(ofLast.map(({ kind }) => kind)).toEqual(['retry', 'batch-failed', 'batch-again']);
  expect(getLogEvents(store, { run, from: 0, limit: 2 })).toMatchObject({ more: true, events: [{}, {}] });
  const since = events[4]?.at ?? 0;
  expect(getLogEvents(store, { run, from: since, limit: 100 }).events[0]?.kind).not.toBe('retry');
});

test('events stand among the lines where they happened, and are found by their text and step', () => {
  const line = (id: number, at: number) => ({ id, at, level: 'info', text: `line ${id}`, path: 'rows/ask' });
  const events = eventLines([
    { at: 5, kind: 'session', attempt: 1, text: 'start' },
    {
      at: 15,
      kind: 'retry',
      path: 'rows/ask',
      batch: { node: 1, index: 3, parent: 0 },
      attempt: 1,
      text: '503',
      waits: 2_000,
    },
    { at: 40, kind: 'session-end', attempt: 1, text: 'completed' },
  ]);
  // Lines stay in the order in which the store has them, also where their clock went back.
  const lines = [line(1, 10), line(2, 20), line(3, 18)];
  expect(withEvents(lines, events).map(({ text }) => text)).toEqual([
    'the run began',
    'line 1',
    'attempt 1 failed: 503 · next one after 2.0 s',
    'line 2',
    'line 3',
    'the run ended: completed',
  ]);
  expect(new Set(withEvents(lines, events).map(({ id }) => id)).size).toBe(6);
  expect(eventsWith(events, 'ASK').map(({ index }) => index)).toEqual([3]);
  expect(eventsWith(events, undefined)).toHaveLength(3);
});
