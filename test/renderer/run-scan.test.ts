import { expect, test } from 'vitest';
import type { ComparedBatch } from '../../host/api/api.ts';
import { NOT_SCANNED, RunScan, type Scanned, type ScannedPage } from '../../renderer/model/compare/run-scan.ts';
import { runsSentence } from '../../renderer/model/compare/runs-text.ts';

const batch = (index: number, ...differs: ComparedBatch['differs']): ComparedBatch => ({ index, differs });

async function scanned(pages: readonly ScannedPage[]): Promise<{ told: Scanned[]; asked: number[] }> {
  const told: Scanned[] = [];
  const asked: number[] = [];
  await new RunScan(
    from => {
      asked.push(from);
      const page = pages[asked.length - 1];
      return page ? Promise.resolve(page) : Promise.reject(new Error('the store is gone'));
    },
    one => told.push(one),
  ).start();
  return { told, asked };
}

test('two runs are compared page after page, and what was found so far is told after each', async () => {
  const { told, asked } = await scanned([
    { batches: [batch(3, 'state', 'output'), batch(4, 'slower')], next: 5_000, total: 6_000 },
    { batches: [batch(5_001, 'items')], next: null, total: 6_000 },
  ]);
  expect(asked).toEqual([0, 5_000]);
  expect(told[0]).toMatchObject({ looked: 5_000, total: 6_000, isDone: false });
  expect(runsSentence(9, 8, told[0] ?? NOT_SCANNED)).toBe(
    'Run 9 against run 8: 1 batch ended otherwise, 1 gave another output and 1 took at least twice as long so far, in 5,000 of 6,000 batches.',
  );
  expect(told[1]).toMatchObject({
    looked: 6_000,
    isDone: true,
    counts: { result: 2, state: 1, output: 1, items: 1, slower: 1, faster: 0 },
  });
  expect(runsSentence(9, 8, told[1] ?? NOT_SCANNED)).toContain('1 batch has other items in each run');
});

test('of very many that differ the first are listed, and all are counted', async () => {
  const many = (from: number) => Array.from({ length: 6_000 }, (_, at) => batch(from + at, 'state'));
  const { told } = await scanned([
    { batches: many(0), next: 6_000, total: 12_000 },
    { batches: many(6_000), next: null, total: 12_000 },
  ]);
  expect([told[1]?.batches.length, told[1]?.counts.state]).toEqual([10_000, 12_000]);
});

test('what cannot be asked any more is said, and a scan that is stopped says nothing more', async () => {
  const { told } = await scanned([{ batches: [], next: 1, total: 2 }]);
  expect(told.at(-1)).toMatchObject({ problem: 'the store is gone', isDone: true, looked: 1 });
  const heard: Scanned[] = [];
  const scan = new RunScan(
    () => Promise.resolve({ batches: [], next: 1, total: 2 }),
    one => {
      heard.push(one);
      scan.stop();
    },
  );
  await scan.start();
  expect(heard).toHaveLength(1);
  expect(runsSentence(2, 1, NOT_SCANNED)).toBe('Comparing run 2 with run 1…');
});
