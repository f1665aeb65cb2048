import { expect, test } from 'vitest';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { plannedEffectsText } from '../../common/effects.ts';
import { settleEffect } from '../../engine/store/effect-settling.ts';
import { Bench, workflow } from '../support/runs.ts';

const UNIT = { unit: ['mail', 'mails'] as [string, string] };

/** Mails of two batches of 50, the second of which fails after 49; beside them a step that has its checkpoint. */
async function mailed(): Promise<{ bench: Bench; run: number }> {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.batch('send', { items: Array.from({ length: 100 }, (_, id) => id), size: 50 }, (ids, inner) => {
        inner
          .step('announce', ctx => ctx.effect(`announce ${ids[0]}`, () => 'A'))
          .step('mail', async ctx => {
            for (const id of ids) {
              if (id === 99) throw new Error('no address');
              await ctx.effect(`mail ${id}`, () => `R-${id}`, UNIT);
            }
          });
      }),
    ),
  );
  bench.db.exec("update effects set status = 'unknown', receipt = null where key = 'mail 98'");
  return { bench, run };
}

test('the plan of a re-run counts the effects of the steps it executes again: those that are skipped, and those unknown', async () => {
  const { bench, run } = await mailed();
  const failed = planRerun(bench.db, run, { batches: 'failed' });
  expect(failed.effects).toEqual([{ path: 'send/mail', unit: ['mail', 'mails'], done: 48, unknown: 1 }]);
  expect(failed.effects.map(plannedEffectsText)).toEqual(['48 mails already done are skipped, 1 is unknown']);
  expect(planRerun(bench.db, run, { batches: 'all', fromStart: true }).effects).toEqual([
    { path: 'send/announce', unit: ['effect', 'effects'], done: 2, unknown: 0 },
    { path: 'send/mail', unit: ['mail', 'mails'], done: 98, unknown: 1 },
  ]);
  expect(planRerun(bench.db, run, { batches: [0], node: 'send' }).effects).toEqual([
    { path: 'send/announce', unit: ['effect', 'effects'], done: 1, unknown: 0 },
    { path: 'send/mail', unit: ['mail', 'mails'], done: 50, unknown: 0 },
  ]);
});

test('what a person says of an effect is stored, and one that is being executed cannot be settled', async () => {
  const { bench, run } = await mailed();
  const done = settleEffect(bench.db, run, 'mail 98', { as: 'done', receipt: '"R"' }, 9e12);
  expect(done).toMatchObject({ status: 'done', settled: 'person', receipt: '"R"' });
  const notDone = settleEffect(bench.db, run, 'mail 0', { as: 'not done' }, 9e12);
  expect(notDone).toMatchObject({ status: 'failed', settled: 'person', receipt: null });
  expect(() => settleEffect(bench.db, run, 'mail 500', { as: 'not done' }, 0)).toThrow(
    'Run 1 has no effect "mail 500". List them with: cronflow effects 1',
  );
});

test.each([
  [{ done: 49, unknown: 1 }, '49 mails already done are skipped, 1 is unknown'],
  [{ done: 1, unknown: 0 }, '1 mail already done is skipped'],
  [{ done: 0, unknown: 2 }, '2 mails are unknown'],
])('%o in words', (counts, text) => {
  expect(plannedEffectsText({ path: 'mail', unit: ['mail', 'mails'], ...counts })).toBe(text);
});
