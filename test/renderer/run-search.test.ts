import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { Args, ListedRun, RunItem } from '../../host/api/api.ts';

/** Named by values, not by types: what they import is made for a browser, and is checked with the page. */
const [SEARCH, STUDIO, HOST]: readonly string[] = ['run-search', 'studio', 'host'].map(name =>
  fileURLToPath(new URL(`../../renderer/stores/${name}.ts`, import.meta.url)),
);

interface Search {
  searchRuns(search: string): void;
  loadMoreFound(): Promise<void>;
  noteInSearch(item: RunItem, before: ListedRun | undefined): void;
}

test('what is typed while the host searches is asked once, and an answer to what was typed before is not shown', async () => {
  const { search, asked, answer, found } = await begin();
  search.searchRuns('r');
  search.searchRuns('ru');
  search.searchRuns('run 37');
  expect(asked()).toEqual(['r']);
  await answer([run(9)]);
  expect(found()).toBeUndefined();
  expect(asked()).toEqual(['run 37']);
  await answer([run(37)]);
  expect(found()).toEqual([37]);
  expect(asked()).toEqual([]);
});

test('more of what was found is asked below the last of it', async () => {
  const { search, asked, answer, found } = await begin();
  search.searchRuns('films');
  await answer(Array.from({ length: 200 }, (_, at) => run(500 - at)));
  void search.loadMoreFound();
  expect(asked()).toEqual(['films before 301']);
  await answer([run(7)]);
  expect(found()?.slice(-2)).toEqual([301, 7]);
  await search.loadMoreFound();
  expect(asked()).toEqual([]);
});

test('a run that ends is searched for again; one whose figures change is shown with them', async () => {
  const { search, asked, answer, state } = await begin();
  search.searchRuns('running');
  await answer([run(3, 'running')]);
  const further = { ...run(3, 'running'), activeMs: 7 };
  search.noteInSearch(further, run(3, 'running'));
  expect(state()?.runs).toEqual([further]);
  expect(asked()).toEqual([]);
  search.noteInSearch(run(3, 'completed'), further);
  expect(asked()).toEqual(['running']);
  await answer([]);
  expect(state()?.runs).toEqual([]);
});

async function begin() {
  const waiting: { text: string; resolve: (runs: ListedRun[]) => void }[] = [];
  vi.resetModules();
  vi.doMock(String(HOST), () => ({
    api: () => ({
      listRuns: ({ search = '', before }: Args<'listRuns'>) =>
        new Promise(resolve => {
          waiting.push({ text: before === undefined ? search : `${search} before ${before}`, resolve });
        }),
    }),
  }));
  const search = (await import(String(SEARCH))) as Search;
  const { studio } = (await import(String(STUDIO))) as {
    studio: { getState(): { runSearch?: { runs?: readonly ListedRun[] } } };
  };
  const state = () => studio.getState().runSearch;
  return {
    search,
    state,
    found: () => state()?.runs?.map(({ run }) => run),
    asked: () => waiting.map(({ text }) => text),
    answer: async (runs: ListedRun[]): Promise<void> => {
      waiting.shift()?.resolve(runs);
      // Whatever follows from it by promises alone.
      await new Promise(resolve => setImmediate(resolve));
    },
  };
}

function run(number: number, status: RunItem['status'] = 'completed'): RunItem {
  const none = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, setAside: 0 };
  return {
    run: number,
    workflow: 'one',
    name: 'One',
    file: 'one.ts',
    status,
    items: none,
    batches: none,
    failedBatches: 0,
    startedAt: 0,
    activeMs: 0,
  };
}
