import { expect, test } from 'vitest';
import type { Durability } from '../../common/durability.ts';
import { openStore } from '../../engine/store/open.ts';
import { Bench, workflow } from '../support/runs.ts';

/* `durability: 'full'` is SQLite's FULL on the very connection that writes the checkpoints, whoever asks for it. */

const FULL = 2;
const NORMAL = 1;

/** What the connection has while a step runs: its first step fails until it is mended. */
function looking(bench: Bench, seen: number[], isBroken: () => boolean, durability?: Durability) {
  return workflow(
    flow =>
      flow
        .step('look', async () => seen.push(Number(bench.db.pragma('synchronous', { simple: true }))))
        .forEach('each', [1, 2], (item, inner) => {
          inner.step('look', async () => {
            seen.push(Number(bench.db.pragma('synchronous', { simple: true })));
            if (isBroken() && item === 2) throw new Error('broken');
          });
        }),
    { durability },
  );
}

test.each<[string, Durability | undefined, Durability | undefined, number]>([
  ['nobody asks', undefined, undefined, NORMAL],
  ['the workflow asks', 'full', undefined, FULL],
  ['the command asks', undefined, 'full', FULL],
  ['the workflow asks for more than the command', 'full', 'normal', FULL],
  ['the command asks for more than the workflow', 'normal', 'full', FULL],
])('where %s, a run has it', async (_, ofWorkflow, ofCommand, expected) => {
  const bench = new Bench({ durability: ofCommand });
  const seen: number[] = [];
  await bench.run(looking(bench, seen, () => false, ofWorkflow));
  expect(seen).toEqual([expected, expected, expected]);
});

test('a resume and a re-run keep to it, in another process and without being told', async () => {
  const first = new Bench({ durability: 'full' });
  const { run } = await first.run(looking(first, [], () => true));
  const db = openStore(first.file, { mode: 'write' });
  expect(db.pragma('synchronous', { simple: true })).toBe(NORMAL);
  const later = Object.assign(Object.create(Bench.prototype) as Bench, { db, file: first.file, options: {} });
  const seen: number[] = [];
  await later.rerun(
    looking(later, seen, () => false),
    run,
  );
  expect(seen).toEqual([FULL]);
  db.prepare(`update runs set status = 'interrupted'`).run();
  db.prepare('delete from steps where scope = 0').run();
  db.pragma('synchronous = NORMAL');
  await later.resume(
    looking(later, seen, () => false),
    run,
  );
  expect(seen).toEqual([FULL, FULL]);
  db.close();
});

test('a run that was begun without it can be given it, and has it from then on', async () => {
  const bench = new Bench();
  const { run } = await bench.run(looking(bench, [], () => true));
  expect(bench.db.prepare('select durability from runs').pluck().get()).toBe('normal');
  await bench.rerun(
    looking(bench, [], () => false, 'full'),
    run,
  );
  expect(bench.db.prepare('select durability from runs').pluck().get()).toBe('full');
});

test('anything else is refused', () => {
  expect(() => workflow(flow => flow.step('a', async () => 1), { durability: 'extreme' })).toThrow(
    /durability is "extreme". It is 'normal' or 'full'/,
  );
});
