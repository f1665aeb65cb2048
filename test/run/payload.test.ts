import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PayloadError } from '../../engine/run/payload.ts';
import { toProblem } from '../../engine/runner/problem.ts';
import { givenPayloadText } from '../../engine/store/run-queries.ts';
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
      /^The payload does not fit workflow "test":\n {2}payload\.since: .*number.*\n {2}payload\.genres\[1\]: .*string.*$/,
    );
    for (const table of ['runs', 'sessions', 'leases'])
      expect(bench.db.prepare(`select * from ${table}`).all()).toEqual([]);
  });

  test('is kept as it was given, too, where the schema has made another one of it', async () => {
    const bench = new Bench();
    const given = { since: 1894, day: '2026-01-02' };
    const changed = await bench.run(build(), given);
    const same = await bench.run(build(), { since: 1894, genres: ['drama'] });
    const textOf = (run: number) => JSON.parse(givenPayloadText(bench.db, run) ?? '') as unknown;
    expect(textOf(changed.run)).toEqual(given);
    expect(textOf(same.run)).toEqual({ since: 1894, genres: ['drama'] });
    expect(bench.db.prepare('select given_payload is null as same from runs order by id').pluck().all()).toEqual([
      0, 1,
    ]);
  });

  test('that does not fit says where, for a form', async () => {
    const run = new Bench().run(build(), { since: 'long ago', genres: ['drama', 7] });
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    expect(toProblem(error, [])?.issues).toEqual([
      { path: ['since'], message: expect.stringContaining('number') },
      { path: ['genres', 1], message: expect.stringContaining('string') },
    ]);
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
