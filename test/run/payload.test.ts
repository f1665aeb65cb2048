import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PayloadError } from '../../engine/run/payload.ts';
import { NotDataError } from '../../engine/store/codec.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('payload', () => {
  const schema = z.object({
    since: z.number(),
    genres: z.array(z.string()).default(['drama']),
    day: z
      .string()
      .transform(text => new Date(text))
      .optional(),
  });
  const build = () => workflow(flow => flow.step('read', ctx => ctx.payload), { payload: schema });

  test('is what the schema makes of it: defaults and transforms are applied', async () => {
    expect((await new Bench().run(build(), { since: 1894, day: '2026-01-02' })).output).toEqual({
      since: 1894,
      genres: ['drama'],
      day: new Date('2026-01-02'),
    });
  });

  test('that does not fit is told by path, and nothing is recorded', async () => {
    const bench = new Bench();
    const run = bench.run(build(), { since: 'long ago', genres: ['drama', 7] });
    await expect(run).rejects.toThrow(PayloadError);
    await expect(run).rejects.toThrow(
      /^The payload does not fit workflow "test":\n {2}payload\.since: .*number.*\n {2}payload\.genres\[1\]: .*string.*\nGive it with --payload/,
    );
    for (const table of ['runs', 'sessions', 'leases'])
      expect(bench.db.prepare(`select * from ${table}`).all()).toEqual([]);
  });

  test('that cannot be stored is told by path, and nothing is recorded', async () => {
    const bench = new Bench();
    const run = bench.run(
      workflow(flow => flow.step('read', ctx => ctx.payload)),
      { films: [{ save: () => undefined }] },
    );
    await expect(run).rejects.toThrow(NotDataError);
    await expect(run).rejects.toThrow('payload.films[0].save is a function');
    expect(bench.db.prepare('select * from runs').all()).toEqual([]);
  });

  test('is the same after a resume, without being checked again', async () => {
    const interruption = new Interruption();
    const bench = new Bench();
    const resumed = () =>
      workflow(flow => flow.step('stop', () => interruption.here()).step('read', ctx => ctx.payload), {
        payload: schema,
      });
    const { run } = await interruption.run(bench, resumed(), { since: 1894, day: '2026-01-02' });
    expect((await bench.resume(resumed(), run)).output).toEqual({
      since: 1894,
      genres: ['drama'],
      day: new Date('2026-01-02'),
    });
  });
});
