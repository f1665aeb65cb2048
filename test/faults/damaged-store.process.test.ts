import { spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { resumeRun } from '../../engine/run/execute.ts';
import { toProblem } from '../../engine/runner/problem.ts';
import { openStore, storeError } from '../../engine/store/open.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { seeded } from '../crash/flow.ts';
import { problem, Studio } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { isBalanced } from '../support/balance.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';
import { story } from '../support/story.ts';
import { COMPILE_CACHE } from '../support/cli.ts';
import type { Looked } from './damaged-calls.ts';
import { isThorough, seen } from './fault.ts';

/*
 * A store that was cut off or in which bits have flipped. SQLite keeps no checksums: a flipped bit that leaves a value
 * well-formed cannot be told from the value. All else is told in one message, and no command crashes, hangs, or takes
 * what it cannot read for a success.
 */

const CALLS = fileURLToPath(new URL('./damaged-calls.ts', import.meta.url));

const whole = story(async () => {
  const project = new Project({
    'flow.ts': Project.workflow(`
cronflow.define({ id: 'whole', name: 'Whole' })
  .step('load', () => Array.from({ length: 60 }, (_, n) => ({ n, text: 'item ' + n })))
  .batch('work', { items: (ctx: any) => ctx.last, size: 5, concurrency: 2 }, (items: any, flow: any) => {
    flow.step('check', async (ctx: any) => { console.log('checks', items.length); await ctx.state.incr('n', items.length); return items.map((item: any) => ({ ...item, done: new Date(0) })); })
      .step('fail', () => { if (items[0].n === 20) throw new Error('20 is wrong'); return new Map([[1, items]]); });
  });`),
  });
  expect(await project.cli(['run', 'flow.ts', '--store', 'whole.db'])).toMatchObject({ code: 1 });
  return { project, bytes: readFileSync(project.path('whole.db')) };
});

async function lookAt(project: Project, stores: readonly string[]): Promise<Looked[]> {
  const child = spawn(process.execPath, [CALLS], {
    cwd: project.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  child.stdin.end(stores.join('\n'));
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) output += String(text);
  return output
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Looked);
}

/** `cronflow runs` says it beside its list. */
const SIZE = /^(?:\d+ runs? · the store takes [\d.]+ [KMG]B(?:, [\d.]+ [KMG]B of it free for new runs)?\n)?$/;
const TOLD =
  /^(.*\.db is (damaged \(.*\)\. Copy it, then try "sqlite3 .*\.db (\.recover"|'pragma user_version = \d+'", if this Cronflow wrote it); name another with --store to go on meanwhile\.|not a database, or its beginning is damaged\. .*|a database of some other program\. .*)|.*\.db was written by a newer Cronflow .*|.*\.db could not be (opened|read).*|There is no run 1 in this store\. .*|Run 1 is (being worked on|running) .*|.*\.db cannot be written \(SQLITE_READONLY\)\. .*|Nothing has failed in run 1\b.*|Run 1 has no failed .*|.*: there is nothing .*)\n$/;

/** Writes the stores, looks at each, and checks what is said. Gives how many were told as damaged. */
async function tryAll(
  damaged: Iterable<readonly [name: string, bytes: Buffer]>,
): Promise<{ stores: number; told: number; messages: Map<string, number> }> {
  const { project } = await whole();
  const stores: string[] = [];
  for (const [name, bytes] of damaged) {
    stores.push(`${name}.db`);
    project.write(`${name}.db`, bytes);
  }
  const looked = await lookAt(project, stores);
  for (const store of stores)
    for (const end of ['', '-wal', '-shm']) rmSync(project.path(`${store}${end}`), { force: true });
  expect(looked.length, 'every command came to its end').toBe(stores.length * 4);
  const messages = new Map<string, number>();
  for (const { store, code, stderr, thrown } of looked) {
    expect(thrown, store).toBeUndefined();
    expect([0, 2], store).toContain(code);
    if (code === 0) expect(stderr, store).toMatch(SIZE);
    else {
      expect(stderr, store).toMatch(TOLD);
      const kind = stderr
        .replace(/^.*\.db/, '…')
        .replace(/\(.*\)/, '(…)')
        .trim();
      messages.set(kind, (messages.get(kind) ?? 0) + 1);
    }
  }
  return {
    stores: stores.length,
    told: new Set(looked.filter(({ code }) => code !== 0).map(({ store }) => store)).size,
    messages,
  };
}

describe('a store', () => {
  test('that was cut off, at any length, is told as damaged', async ({ task }) => {
    const { bytes } = await whole();
    const random = seeded(11);
    const lengths = [
      1,
      15,
      16,
      99,
      100,
      101,
      4095,
      4096,
      4097,
      bytes.length - 1,
      ...Array.from({ length: isThorough ? 150 : 15 }, () => Math.floor(random() * bytes.length)),
    ];
    const { stores, told } = await tryAll(lengths.map(length => [`cut-${length}`, bytes.subarray(0, length)] as const));
    // What misses only the end of a page that was free, or is looked at by none of the commands, may well be shown.
    expect(told).toBeGreaterThan(stores * 0.8);
    seen(task, {
      fault: `store cut off at ${stores} lengths`,
      became: `${told} refused (exit 2), the others shown: what is missing of them is not asked for`,
      said: '… is damaged (database disk image is malformed). Copy it, then try "sqlite3 runs.db .recover"; name another with --store to go on meanwhile.',
      afterwards: 'a backup, or `.recover`',
    });
  });

  test('in which bits have flipped, wherever, is told as damaged or shown', { timeout: 900_000 }, async ({ task }) => {
    const { bytes } = await whole();
    const random = seeded(7);
    const flips = Array.from(
      { length: isThorough ? 400 : 80 },
      () => [Math.floor(random() * bytes.length), Math.floor(random() * 8)] as const,
    );
    // The head of the file and of the first page are few bytes among many, and the most delicate.
    flips.push(...Array.from({ length: isThorough ? 110 : 30 }, (_, at) => [at, Math.floor(random() * 8)] as const));
    // The version's sign: upgrading from below zero once took all the memory of the machine.
    flips.push([60, 7]);
    const { stores, told } = await tryAll(
      flips.map(([at, bit]) => [`flip-${at}-${bit}`, flipped(bytes, at, bit)] as const),
    );
    seen(task, {
      fault: `one bit flipped, at ${stores} places of a store`,
      became: `${told} refused (exit 2), the others shown; none crashed`,
      said: '… is damaged (…)',
      afterwards: 'a backup, or `.recover`. A bit that leaves a value well-formed cannot be noticed',
    });
  });

  test('in which the status of a run, or what is kept as JSON, is another word, is told as damaged, never as a success', async () => {
    const { project, bytes } = await whole();
    const places = ['"total"', '"nodes"', 'Thrown', '"message"', '[{"path"'].flatMap(text => {
      const at = bytes.lastIndexOf(text);
      return at < 0 ? [] : [at];
    });
    await tryAll(
      places.flatMap(at => [0, 1, 3, 6].map(bit => [`text-${at}-${bit}`, flipped(bytes, at, bit)] as const)),
    );
    project.write('status.db', bytes);
    const db = new Database(project.path('status.db'));
    db.pragma('ignore_check_constraints = ON');
    db.prepare("update runs set status = 'complfted'").run();
    db.close();
    const looked = await lookAt(project, ['status.db']);
    for (const { code, stdout } of looked) {
      expect(stdout).not.toContain('✓');
      // A list has the others, and says of this one that it is damaged.
      if (code === 0) expect(stdout).toContain('damaged');
      else expect(code).toBe(2);
    }
    expect(looked.filter(({ code }) => code === 0).length).toBeLessThan(looked.length);
  });

  test('in which bits have flipped is gone on with or refused, and no run of it ends well with a sum that does not come out', async ({
    task,
  }) => {
    const definition = workflow(flow =>
      flow.batch('work', { items: Array.from({ length: 60 }, (_, n) => n), size: 5 }, (items, inner) => {
        inner.step('add', async ctx => {
          await ctx.state.incr('n', items.length);
          return items;
        });
        inner.step('stop', ctx => {
          if (items[0] === 30 && ctx.attempt === 1) interruption.here();
          return items.length;
        });
      }),
    );
    const interruption = new Interruption();
    const bench = new Bench();
    expect(await interruption.run(bench, definition)).toMatchObject({ status: 'interrupted' });
    bench.db.pragma('wal_checkpoint(truncate)');
    const bytes = readFileSync(bench.file);
    const random = seeded(23);
    const file = `${bench.file}.damaged`;
    const became: Record<string, number> = {};
    // What a table takes is kept as text too: there is no status 'cnmpleted', and no column to which a key leads.
    const inTables = ["completed', 'failed'", 'runs (id)'].map(
      text =>
        [
          text,
          Buffer.from(
            bytes.toString('latin1').replaceAll(text, text.replace('completed', 'cnmpleted').replace('(id', '(hd')),
            'latin1',
          ),
        ] as const,
    );
    const anywhere = Array.from({ length: isThorough ? 300 : 30 }, () => {
      const [at, bit] = [Math.floor(random() * bytes.length), Math.floor(random() * 8)];
      return [`bit ${bit} of byte ${at}`, flipped(bytes, at, bit)] as const;
    });
    for (const [where, damaged] of [...inTables, ...anywhere]) {
      writeFileSync(file, damaged);
      for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      const outcome = await resumed(file, definition, 1);
      if (outcome === 'completed') became.completed = (became.completed ?? 0) + 1;
      else {
        expect(outcome, where).toMatch(/^(StoreError|RunStateError|failed|interrupted|cancelled|paused)$/);
        became[outcome] = (became[outcome] ?? 0) + 1;
      }
    }
    seen(task, {
      fault: `one bit flipped, at ${inTables.length + anywhere.length} places of the store of an interrupted run, then resumed`,
      became: Object.entries(became)
        .map(([outcome, times]) => `${times} × ${outcome}`)
        .join(', '),
      said: '… is damaged (…)',
      afterwards: 'a backup, or `.recover`',
    });
  });

  test('that is damaged says so in the Studio, and with a good one in its place it goes on', async ({ task, skip }) => {
    skip(!isThorough, 'takes a host');
    const { bytes } = await whole();
    const damaged = Buffer.from(bytes);
    damaged.fill(0xaa, 4_096);
    const project = new Project({
      '.cronflow/runs.db': '',
      'flow.ts': Project.workflow("cronflow.define({ id: 'small' }).step('a', () => 1);"),
    });
    project.write('.cronflow/runs.db', damaged);
    const studio = await Studio.open(project);
    await studio.workflow('flow.ts');
    const refused = await studio.api.listRuns({ limit: 5 }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refused).toMatchObject({ name: 'StoreError', message: expect.stringMatching(/runs\.db is damaged/) });
    expect(problem(await studio.api.startRun({ file: 'flow.ts', workflow: 'small', payload: '' }))).toMatchObject({
      name: 'StoreError',
      message: expect.stringContaining('is damaged'),
    });
    project.write('good.db', bytes);
    renameSync(project.path('good.db'), project.storeFile);
    expect(await studio.api.listRuns({ limit: 5 })).toMatchObject([{ run: 1, status: 'failed' }]);
    seen(
      task,
      {
        fault: 'store damaged, in the Studio',
        became: 'no list, no start',
        said: refused?.message ?? '',
        afterwards: 'a backup put in its place: shown at once',
      },
      project,
    );
  });
});

/** How a run that is taken up ended; of one that could not be, the name of what it was refused with, as people are told. */
async function resumed(file: string, definition: Definition, id: number): Promise<string> {
  let db: Database.Database | undefined;
  try {
    db = openStore(file, { mode: 'write' });
    const { status, nodes } = await (
      await resumeRun({ db, storeFile: file, definition, code: { hash: 'test', sources: [] } }, id)
    ).done;
    if (status === 'completed') for (const node of nodes) expect(isBalanced(node), JSON.stringify(node)).toBe(true);
    return status;
  } catch (error) {
    const known = storeError(file, error);
    const problem = toProblem(known, []);
    if (!problem) throw known;
    return problem.name;
  } finally {
    db?.close();
  }
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
