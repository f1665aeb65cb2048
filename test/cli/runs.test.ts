import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { inProcess } from '../support/in-process.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Three runs, and what `runs` says of them once the second is damaged. */
async function withDamaged(sql: string) {
  const bench = new Bench();
  const definition = () => workflow(flow => flow.step('one', ctx => ctx.state.set('k', 'v')).step('two', () => 'out'));
  for (const _ of [1, 2, 3]) await bench.run(definition());
  const db = new Database(bench.file);
  db.pragma('ignore_check_constraints = ON');
  db.exec(sql);
  db.close();
  const told = await inProcess('runs', '--store', bench.file);
  const json = await inProcess('runs', '--json', '--store', bench.file);
  const events = json.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { event: string; run: string; message?: string });
  return { told, json, events };
}

test.each([
  ['output', `update runs set output = '[' where id = 2`],
  ['state', `update state set value = '[' where run = 2`],
  ['error', `update runs set error = '{}' where id = 2`],
])(
  'runs lists all runs where the %s of one is damaged: a line does not need it, and its event says so',
  async (_what, sql) => {
    const { told, json, events } = await withDamaged(sql);
    expect([told.code, json.code]).toEqual([0, 0]);
    expect(
      told.stdout
        .trimEnd()
        .split('\n')
        .map(line => line.trim().slice(0, 12)),
    ).toEqual(['3  completed', '2  completed', '1  completed']);
    expect(events.map(({ event, run }) => [event, run])).toEqual([
      ['summary', '3'],
      ['unreadable', '2'],
      ['summary', '1'],
    ]);
    expect(events[1]?.message).not.toBe('');
  },
);

test.each([
  ['status', `update runs set status = 'odd' where id = 2`],
  ['graph', `update runs set graph = '{' where id = 2`],
  ['counts', `update runs set counts = '{"nodes"' where id = 2`],
])('and marks one as damaged whose %s cannot be read', async (_what, sql) => {
  const { told } = await withDamaged(sql);
  expect(told.code).toBe(0);
  expect(
    told.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.trim().slice(0, 10)),
  ).toEqual(['3  complet', '2  damaged', '1  complet']);
});
