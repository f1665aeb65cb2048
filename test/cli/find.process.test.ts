import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/** Twelve prices in batches of four; the two words among them are at fault. */
function prices(options = ''): string {
  return Project.workflow(`
const prices = [1, 2, 3, 4, 5, 'free', 7, 8, 9, 10, 11, 'soon'];
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: prices, size: 4, unit: ['price', 'prices'], label: price => \`“\${price}”\` }, (batch, flow) => {
    flow.step('cents', async ctx => {
      await ctx.state.incr('read', batch.length);
      return batch.map(price => {
        if (typeof price !== 'number') throw new Error(\`\${price} is not a number\`);
        return price * 100;
      });
    }${options});
  });
`);
}

const ITEMS = [
  { event: 'item', node: 'read', batch: 1, item: 1, position: 5, label: '“free”', found: 'probed' },
  { event: 'item', node: 'read', batch: 2, item: 3, position: 11, label: '“soon”', found: 'probed' },
];

/** A busy machine may use up the time that a search has by itself. */
const PATIENT = ['--seconds', '100'];

/** The tables that a run is in, without what a search leaves. */
function contentOf(project: Project): string {
  const db = new Database(project.path('.cronflow', 'runs.db'), { readonly: true });
  const tables = db
    .prepare<[], { name: string }>(
      `select name from sqlite_schema where type = 'table' and name not in ('findings', 'searches', 'probe_consents') order by name`,
    )
    .all();
  const content = tables.map(({ name }) => [name, db.prepare(`select * from ${name}`).all()]);
  db.close();
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

describe('cronflow find', () => {
  test('names the items at fault, leaves the run as it is, and asks once before steps are executed', async () => {
    const project = new Project({ 'prices.ts': prices() });
    expect((await project.cli(['run', 'prices.ts', '--json'])).code).toBe(1);
    const before = contentOf(project);

    const refused = await project.cli(['find', '1', '--json']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('find 1 --yes');
    expect(refused.events.at(-1)).toMatchObject({ event: 'found', items: 0, probes: 0, complete: false });
    // Nothing was looked for, so nothing is said of how many there are.
    expect(await project.cli(['find', '1'])).toMatchObject({ code: 2, stdout: '' });

    const found = await project.cli(['find', '1', '--json', '--yes', ...PATIENT]);
    expect(found.code, found.stderr).toBe(0);
    expect(found.events).toMatchObject([...ITEMS, { event: 'found', items: 2, batches: 2, complete: true }]);
    expect(found.events[0]).toMatchObject({
      cause: expect.stringContaining('is not a number') as unknown,
      error: { message: 'free is not a number', step: 'read/cents' },
    });
    expect(contentOf(project)).toBe(before);

    // The answer is remembered.
    const again = await project.cli(['find', '1', '--node', 'read', '--batches', '2', ...PATIENT]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('“soon” · position 11, batch #2 · soon is not a number');
    expect(again.stdout).not.toContain('free');
    const shown = await project.cli(['show', '1']);
    expect(shown.stdout).toContain('2 prices are at fault; 6 wait with them:');
  });

  test('and probe says what becomes of chosen items with the code as it is now', async () => {
    const project = new Project({ 'prices.ts': prices(', { pure: true }') });
    await project.cli(['run', 'prices.ts', '--json']);
    const probe = async (...items: readonly string[]) =>
      await project.cli(['probe', '1', '--batches', '1', '--json', ...items]);
    expect((await probe('--items', '0,2-3')).events).toMatchObject([
      { event: 'probed', node: 'read', batch: 1, items: [0, 2, 3], outcome: 'passed' },
    ]);
    expect((await probe()).events).toMatchObject([
      { items: [0, 1, 2, 3], outcome: 'failed', error: { message: 'free is not a number' } },
    ]);
    expect((await probe('--items', '4')).stderr).toContain('the batch has 4 items');
    expect((await project.cli(['probe', '1'])).stderr).toContain('2 failed batches match');
  });

  test('never asks for steps that are pure', async () => {
    const project = new Project({ 'prices.ts': prices(', { pure: true }') });
    await project.cli(['run', 'prices.ts', '--json']);
    const { code, events } = await project.cli(['find', '1', '--json', ...PATIENT]);
    expect(code).toBe(0);
    expect(events).toMatchObject([...ITEMS, { event: 'found', items: 2, batches: 2, complete: true }]);
  });

  test('says so when the file no longer has the batch', async () => {
    const project = new Project({ 'prices.ts': prices() });
    await project.cli(['run', 'prices.ts', '--json']);
    project.write(
      'prices.ts',
      readFileSync(project.path('prices.ts'), 'utf8').replace("batch('read'", "batch('other'"),
    );
    const { code, stderr } = await project.cli(['find', '1', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('no longer has the batch node "read"');
  });

  test('goes on after a process that an item ends, and names the item', async () => {
    const project = new Project({
      'ends.ts': Project.workflow(`
cronflow.define({ id: 'ends' })
  .batch('read', { items: [1, 2, 3, 4, 5, 6, 7, 8], size: 8 }, (batch, flow) => {
    flow.step('try', () => {
      for (const item of batch) {
        if (item === 6 && process.env.ENDS) process.kill(process.pid, 'SIGKILL');
        if (item === 6 || item === 2) throw new Error('item ' + item);
      }
    }, { pure: true });
  });
`),
    });
    await project.cli(['run', 'ends.ts', '--json']);
    const { code, events } = await project.cli(['find', '1', '--json', ...PATIENT], { env: { ENDS: '1' } });
    expect(code).toBe(0);
    expect(events).toMatchObject([
      { item: 1, error: { message: 'item 2' } },
      { item: 5, error: { name: 'ProcessEnded' } },
      { event: 'found', items: 2, complete: true },
    ]);
  });

  test('of a run without failed batches says that there are none', async () => {
    const project = new Project({ 'prices.ts': prices().replaceAll("'free'", '6').replaceAll("'soon'", '12') });
    await project.cli(['run', 'prices.ts', '--json']);
    const { code, stderr } = await project.cli(['find', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('Run 1 has no failed batches: no items are at fault');
  });
});
