import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, ROOT, runForJson } from './support.ts';

/* Each example can be shown to others. Its pace is for people: here it is only a moment. */

test.concurrent.each([
  ['films', 'failed', { total: 33, succeeded: 30, failed: 3 }],
  ['flights', 'failed', { total: 200, succeeded: 195, failed: 5 }],
  // It tolerates them.
  ['orders', 'completed', { total: 90, succeeded: 86, failed: 4 }],
] as const)(
  'the demo of %s fails in its few batches, and its re-run heals all of them',
  { timeout: 300_000 },
  async (name, status, batches) => {
    const { folder, remove } = newFolder();
    try {
      const text = readFileSync(path.join(ROOT, 'examples', `${name}.ts`), 'utf8');
      expect(text).toMatch(/pace: '\d+ms'/);
      writeFileSync(path.join(folder, `${name}.ts`), text.replace(/pace: '\d+ms'/, 'pace: 1'));
      const shown = await runForJson(folder, ['demo', name]);
      expect(shown.summary).toMatchObject({ status, demo: true, batches });
      const healed = await runForJson(folder, ['rerun', '1', '--store', '.cronflow/demo.db']);
      const { total } = batches;
      expect(healed.summary).toMatchObject({
        status: 'completed',
        demo: true,
        batches: { total, succeeded: total, failed: 0 },
      });
    } finally {
      remove();
    }
  },
);
