import { cpSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Project } from '../support/project.ts';
import { sayWhatIsSkipped, startServer, whyNoServer, type ServerForTest } from '../support/servers/queue-servers.ts';

/* Every command that goes on with a run takes the queue, as `run` does. What it does with it is the same over both kinds of servers. */

sayWhatIsSkipped('commands that go on with a run');

const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const beds = [1, 2, 3, 4].map(bed => ({ bed, clean: 'no' }));
cronflow.define({ id: 'beds' })
  .humanInTheLoop('boss', { title: 'Make the beds?' })
  .batch('count', { items: beds, size: 2 }, (part, flow) => { flow.step('one', () => note({ counted: part.length })); })
  .waitForEvent('sheets')
  .batch('make', { items: beds, size: 1 }, ([{ bed, clean }], flow) => {
    flow.step('sheet', () => {
      note({ bed, clean });
      if (clean !== 'yes' && !existsSync('washed-' + bed)) throw new Error('bed ' + bed + ' is not clean');
    });
  });
`);

describe.skipIf(whyNoServer.redis !== undefined)('with a real Redis', () => {
  let server: ServerForTest;
  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterAll(async () => {
    await server?.close();
  });

  test('approve, publish, rerun, import and a re-run that climbs have the workers of the queue execute the batches', async () => {
    const here = new Project({ 'flow.ts': FLOW });
    const there = new Project();
    for (const name of ['flow.ts', 'supplied.ts']) cpSync(here.path(name), there.path(name));
    const secret = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };
    const env = { ...secret, CRONFLOW_QUEUE: server.url };
    for (const folder of [here, there]) folder.write('cronflow.json', JSON.stringify({ queue: server.url }));
    const worker = there.start(['work', '.', '--json'], { env: secret });
    onTestFinished(async () => {
      worker.kill('SIGKILL');
      await worker.done;
    });
    await worker.says('"event":"working"');
    let read = 0;
    /** What the worker has noted since the last time. */
    const noted = () => {
      const all = there.ledger() as unknown[];
      const since = all.slice(read);
      read = all.length;
      return since;
    };

    expect(await here.cli(['run', 'flow.ts', '--json'])).toMatchObject({ summary: { status: 'paused' } });
    const approved = await here.cli(['approve', '--queue', '1', '--json'], { env: secret });
    expect(approved.summary).toMatchObject({ status: 'paused' });
    expect(noted()).toEqual([{ counted: 2 }, { counted: 2 }]);

    const published = await here.cli(['publish', 'sheets', '--json'], { env });
    expect(published).toMatchObject({ code: 1, summary: { status: 'failed' } });
    expect(noted()).toHaveLength(4);

    there.write('washed-1', '');
    await here.cli(['rerun', '1', '--node', 'make', '--batches', '0', '--queue', server.url, '--json'], {
      env: secret,
    });
    expect(noted()).toEqual([{ bed: 1, clean: 'no' }]);

    expect(await here.cli(['export', '1', '--items', 'failed', '--out', 'failed.csv'])).toMatchObject({ code: 0 });
    const rows = readFileSync(here.path('failed.csv'), 'utf8');
    here.write('failed.csv', rows.replace(/^(.*\b2,)no/m, '$1yes'));
    await here.cli(['import', '1', 'failed.csv', '--json'], { env });
    expect(noted()).toEqual([{ bed: 2, clean: 'yes' }]);

    for (const bed of [3, 4]) there.write(`washed-${bed}`, '');
    const climbed = await here.cli(['rerun', '1', '--climb', '--json'], { env });
    expect(climbed).toMatchObject({ code: 0, summary: { event: 'rung', rung: 2, failed: 0, left: 0 } });
    expect(here.rows('select status from runs')).toEqual([{ status: 'completed' }]);
    expect(noted()).toEqual([
      { bed: 3, clean: 'no' },
      { bed: 4, clean: 'no' },
    ]);
    expect(here.ledger()).toEqual([]);
    // The run itself was started without a queue.
    const sessions = here.rows('select on_queue as onQueue from sessions order by session');
    expect(sessions.map(({ onQueue }) => onQueue)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });

  test('an answer is not stored when its queue cannot be meant, and needs no queue when nobody goes on with the run', async () => {
    const here = new Project({ 'flow.ts': FLOW });
    await here.cli(['run', 'flow.ts']);
    const env = { CRONFLOW_QUEUE: server.url };
    const refused = await here.cli(['approve', '1'], { env });
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(from CRONFLOW_QUEUE) needs a secret') as string,
    });
    expect(here.rows('select answer from waits')).toEqual([{ answer: null }]);
    expect(await here.cli(['approve', '1', '--no-resume'], { env })).toMatchObject({ code: 0 });
  });
});
