import Database from 'better-sqlite3';
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BIN, eventually } from '../support/cli.ts';
import { whyNoOtherUser } from '../support/other-user.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { GOOD, expectRefusal } from './refusals.ts';

describe.concurrent('a store that cannot be used', { timeout: 120_000 }, () => {
  /** A folder with a good store in `good.db`. */
  const withStore = story(async () => {
    const project = new Project({ 'flow.ts': GOOD });
    expect(await project.cli(['run', 'flow.ts', '--store', 'good.db'])).toMatchObject({ code: 0 });
    return project;
  });

  /** Every way to a store: to write a new run, to take up an old one, to look. */
  const commands = (store: string) =>
    [['run', 'flow.ts'], ['resume', '1'], ['rerun', '1', '--dry-run'], ['cancel', '1'], ['runs'], ['show', '1']].map(
      args => [...args, '--store', store],
    );

  async function expectAllRefused(project: Project, store: string, message: RegExp): Promise<void> {
    const before = readFileSync(project.path(store));
    for (const ended of await project.many(...commands(store).slice(store === 'garbage.db' ? 0 : 1)))
      expectRefusal(ended, message);
    expect(readFileSync(project.path(store)).equals(before)).toBe(true);
  }

  test('is no database', async () => {
    const project = await withStore();
    project.write('garbage.db', Buffer.from('this is not a database, whatever its name may say\n'.repeat(200)));
    await expectAllRefused(
      project,
      'garbage.db',
      /garbage\.db is not a database, or its beginning is damaged\. Move it away \(a backup can be put in its place\) or name another with --store\.$/,
    );
  });

  test("is some other program's database", async () => {
    const project = await withStore();
    const db = new Database(project.path('other.db'));
    db.exec("create table contacts (name text); insert into contacts values ('ann')");
    db.close();
    await expectAllRefused(
      project,
      'other.db',
      /other\.db is a database of some other program\. Name another file with --store\.$/,
    );
  });

  test('was written by a newer Cronflow', async () => {
    const project = await withStore();
    project.write('newer.db', readFileSync(project.path('good.db')));
    const db = new Database(project.path('newer.db'));
    db.pragma('journal_mode = delete');
    db.pragma('user_version = 999');
    db.close();
    await expectAllRefused(
      project,
      'newer.db',
      /newer\.db was written by a newer Cronflow \(store version 999; this one knows up to \d+\)\. Update Cronflow to open it; nothing was changed\.$/,
    );
  });

  test('is damaged in the middle', async () => {
    const project = await withStore();
    const bytes = readFileSync(project.path('good.db'));
    const db = new Database(project.path('good.db'), { readonly: true });
    const pages = db
      .prepare<[], { rootpage: number }>(
        "select rootpage from sqlite_schema where rootpage > 0 and tbl_name in ('runs', 'batches', 'steps', 'nodes', 'logs', 'state')",
      )
      .all();
    const size = Number(db.pragma('page_size', { simple: true }));
    db.close();
    // The file opens well; only what is asked of it later comes upon the damage.
    for (const { rootpage } of pages) bytes.fill(0xaa, (rootpage - 1) * size, rootpage * size);
    project.write('damaged.db', bytes);
    const ended = await project.many(...commands('damaged.db'));
    for (const refused of ended)
      expectRefusal(
        refused,
        /damaged\.db is damaged \(database disk image is malformed\)\. Copy it, then try "sqlite3 damaged\.db \.recover"; name another with --store to go on meanwhile\.$/,
      );
  });

  test('is a folder', async () => {
    const project = await withStore();
    project.write('folder/file', '');
    for (const ended of await project.many(...commands('folder').slice(1)))
      expectRefusal(ended, /folder is a folder\. --store names the database file, such as .*folder\/runs\.db\.$/);
  });

  test('is not there', async () => {
    const project = await withStore();
    for (const ended of await project.many(...commands('absent.db').slice(2)))
      expectRefusal(
        ended,
        /^There is no run store at .*absent\.db\. Name one with --store, or run a workflow first\.$/,
      );
    expect(existsSync(project.path('absent.db'))).toBe(false);
  });

  test('cannot be written', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has other permissions');
    const project = await withStore();
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    const whyNot = nobody === undefined ? undefined : whyNoOtherUser(nobody);
    skip(whyNot !== undefined, whyNot);
    project.write('locked/flow.ts', GOOD.replace('./supplied.ts', '../supplied.ts'));
    const file = project.write('locked/runs.db', readFileSync(project.path('good.db')));
    chmodSync(project.folder, 0o755);
    chmodSync(file, 0o444);
    chmodSync(project.path('locked'), 0o555);
    try {
      const as = nobody === undefined ? {} : { uid: nobody };
      const ended = await Promise.all(
        [
          ['run', 'locked/flow.ts', '--store', 'locked/runs.db'],
          ['runs', '--store', 'locked/runs.db'],
          ['run', 'locked/flow.ts'],
        ].map(args => project.cli(args, as)),
      );
      expectRefusal(
        ended[0],
        /locked\/runs\.db cannot be written \(\w+\)\. Make it and its folder writable, or name another with --store\.$/,
      );
      // It can be looked at.
      expect(ended[1]).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('completed   Good'),
        stderr: expect.stringMatching(/^1 run · the store takes \d+ KB\n$/),
      });
      expectRefusal(
        ended[2],
        /locked\/\.cronflow\/runs\.db cannot be written \(EACCES\)\. Make it and its folder writable, or name another with --store\.$/,
      );
      expect(readFileSync(file).equals(readFileSync(project.path('good.db')))).toBe(true);
    } finally {
      chmodSync(project.path('locked'), 0o755);
    }
  });
});

describe.concurrent('a disk that is full', { timeout: 120_000 }, () => {
  const BIG = Project.workflow(`
cronflow.define({ id: 'big', name: 'Big' })
  .step('load', async () => Array.from({ length: 100 }, (_, id) => id))
  .batch('work', { items: (ctx: any) => ctx.last, size: 1 }, (batch: any, flow: any) => {
    flow.step('grow', async (ctx: any) => { note(batch[0]); await ctx.state.incr('n'); return 'x'.repeat(20_000); });
  });`);

  test('interrupts the run in so many words, and when there is room again it goes on with nothing lost', async ({
    skip,
  }) => {
    skip(process.platform !== 'linux', 'a limit on the size of files stands in for it, which is set with ulimit -f');
    const project = new Project({ 'big.ts': BIG });
    // One megabyte a file, of which the store needs more.
    const { code, summary, stderr } = await project.cli(['run', 'big.ts', '--json'], {
      command: ['sh', '-c', 'ulimit -f 2048; exec "$@"', 'sh', process.execPath, BIN],
    });
    expect(statSync(project.storeFile).size).toBeLessThanOrEqual(1_048_576);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(summary).toMatchObject({
      event: 'summary',
      status: 'interrupted',
      reason: expect.stringMatching(
        /runs\.db .*Check the disk and its free space, then resume the run: all checkpoints up to here are kept\.$/,
      ),
    });
    const { succeeded, waiting } = summary.items;
    expect(succeeded).toBeGreaterThan(0);
    expect(succeeded + waiting).toBe(100);
    const before = project.ledger();
    const { summary: resumed, ...again } = await project.cli(['resume', '1', '--json']);
    expect(again.code).toBe(0);
    expect(resumed).toMatchObject({ status: 'completed', items: { total: 100, succeeded: 100 }, state: { n: 100 } });
    // Only the one batch whose checkpoint had found no room is done again.
    expect(before).toEqual(Array.from({ length: before.length }, (_, id) => id));
    expect(project.ledger().slice(before.length)).toEqual(
      Array.from({ length: 100 - succeeded }, (_, id) => succeeded + id),
    );
    expect(before.length - succeeded).toBeLessThanOrEqual(1);
    expect(project.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('before there is a run is told, and leaves nothing that is in the way later', async ({ skip }) => {
    skip(process.platform !== 'linux', 'a limit on the size of files stands in for it, which is set with ulimit -f');
    const project = new Project({ 'big.ts': BIG });
    const ended = await project.cli(['run', 'big.ts'], {
      command: ['sh', '-c', 'ulimit -f 40; exec "$@"', 'sh', process.execPath, BIN],
    });
    expectRefusal(ended, /runs\.db could not be read or written \(\w+\)\. Check the disk and its free space/);
    expect(await project.cli(['run', 'big.ts', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', items: { succeeded: 100 } },
    });
  });
});

describe.concurrent('a run that another process works on', { timeout: 120_000 }, () => {
  const SLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const wait = new URL('./wait', import.meta.url);
cronflow.define({ id: 'slow' }).step('waits', async (ctx: any) => {
  note({ pid: process.pid });
  while (existsSync(wait)) { ctx.signal.throwIfAborted(); await sleep(20); }
  return 'waited';
});`);

  test('is not taken from it: the second is refused with the number of the first', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const run = project.start(['run', 'slow.ts', '--json']);
    await eventually('the step runs', () => project.ledger().length > 0);
    const [{ pid }] = project.ledger() as [{ pid: number }];
    const refused = await Promise.all(
      [
        ['resume', '1'],
        ['rerun', '1'],
        ['rerun', '1', '--dry-run'],
      ].map(args => project.cli(args)),
    );
    expectRefusal(
      refused[0],
      new RegExp(
        `^Run 1 is being worked on by process ${pid} on \\S+\\. Wait for it, or stop it with: node \\S+cronflow\\.mjs cancel 1$`,
      ),
    );
    expectRefusal(refused[1], new RegExp(`^Run 1 is being worked on by process ${pid} `));
    expectRefusal(
      refused[2],
      new RegExp(
        `^Run 1 is running in process ${pid}\\. Wait for it, or stop it with: node \\S+cronflow\\.mjs cancel 1$`,
      ),
    );
    rmSync(project.path('wait'));
    expect(await run.done).toMatchObject({
      code: 0,
      summary: { status: 'completed', output: 'waited', steps: { executed: 1 } },
    });
    expect(project.ledger()).toHaveLength(1);
  });
});
