import { expect, test } from 'vitest';
import type { LogLine } from '../../host/api/api.ts';
import { LogPages, type LogRange } from '../../renderer/model/log-pages.ts';
import { withLiveLines, withStoredLines } from '../../renderer/model/stored-and-live-logs.ts';

const line = (id: number): LogLine => ({ id, at: id, level: 'info', text: `line ${id}` });

/** A store whose log grows when the test says so. */
function storeWith(count: number) {
  let last = count;
  const requests: LogRange[] = [];
  const ids = () => Array.from({ length: last }, (_, index) => index + 1);
  return {
    requests,
    say: (more: number) => (last += more),
    ask: async (range: LogRange) => {
      requests.push(range);
      const { after, before, limit } = range;
      const found = ids().filter(id => id > (after ?? 0) && id < (before ?? Infinity));
      const shown = after === undefined ? found.slice(-limit) : found.slice(0, limit);
      return { lines: shown.map(line), more: found.length > shown.length };
    },
  };
}

const idsOf = (pages: LogPages) => [pages.lines[0]?.id, pages.lines.at(-1)?.id, pages.lines.length];

test('the newest lines of a long log are loaded first', async () => {
  const store = storeWith(10_000);
  const pages = new LogPages(store.ask);
  await pages.renew();
  expect(idsOf(pages)).toEqual([9_501, 10_000, 500]);
  expect(pages.hasEarlier).toBe(true);
});

test('what was loaded stays when the log goes on', async () => {
  const store = storeWith(2_000);
  const pages = new LogPages(store.ask);
  await pages.renew();
  await pages.loadEarlier();
  expect(idsOf(pages)).toEqual([501, 2_000, 1_500]);
  store.say(30);
  await pages.renew();
  expect(idsOf(pages)).toEqual([501, 2_030, 1_530]);
  await pages.loadEarlier();
  expect(idsOf(pages)).toEqual([1, 2_030, 2_030]);
  expect(pages.hasEarlier).toBe(false);
  // Renewing requests only what is new.
  expect(store.requests.filter(({ after }) => after !== undefined)).toEqual([{ after: 2_000, limit: 1_000 }]);
});

test('a log that grew faster than it can be read goes on at its newest lines, without a gap', async () => {
  const store = storeWith(600);
  const pages = new LogPages(store.ask);
  await pages.renew();
  store.say(100_000);
  await pages.renew();
  expect(idsOf(pages)).toEqual([100_101, 100_600, 500]);
  expect(pages.hasEarlier).toBe(true);
});

test('lines that arrived live while the stored ones were requested are shown once, after them', () => {
  const live = [
    { ...line(-1), at: 3, text: 'line 3' },
    { ...line(-2), at: 4, text: 'line 4' },
  ];
  expect(withStoredLines(live, [line(1), line(2), line(3)]).map(({ text }) => text)).toEqual([
    'line 1',
    'line 2',
    'line 3',
    'line 4',
  ]);
});

test('lines that arrive live after the store has told of them are shown once', () => {
  const shown = [line(1), line(2), line(3)];
  const live = [
    { ...line(-1), at: 3, text: 'line 3' },
    { ...line(-2), at: 4, text: 'line 4' },
    { ...line(-3), at: 4, text: 'line 4' },
  ];
  const texts = withLiveLines(shown, live).map(({ text }) => text);
  expect(texts).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 4']);
});
