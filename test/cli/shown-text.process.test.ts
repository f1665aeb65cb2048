import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';

describe.concurrent('hostile text never reaches a terminal as it is', { timeout: 120_000 }, () => {
  // Colours, a window title, the cursor, a link; then marks that turn text around, ends of lines, and bytes that are
  // none of these.
  const HOSTILE =
    'a\u001b[31m\u001b]0;owned\u0007\u001b[2J\u009b1A\u001b]8;;http://x\u001b\\\u202egnp.exe\u2066\u200f\u061c\u2028\u0000\b\u007f\r z';
  const SURROGATE = 'half \ud83d of one';
  // oxlint-disable-next-line no-control-regex
  const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  const words = JSON.stringify(HOSTILE);

  const FLOW = Project.workflow(`
const words = ${words}, half = ${JSON.stringify(SURROGATE)}, long = 'x'.repeat(1_000_000);
cronflow.define({ id: 'id ' + words, name: words + long, description: words })
  .step({ id: 'load ' + words, title: words }, async (ctx: any) => {
    console.log(words);
    console.error(half);
    console.log(long);
    process.stdout.write(words + long + '\\n' + words);
    process.stderr.write(words + long);
    await ctx.state.set(words, half);
    await ctx.state.set(long, words);
    return [1, 2, 3];
  })
  .batch({ id: 'batch ' + words, title: words + long, unit: [words, words + long], explain: () => words + long }, { items: (ctx: any) => ctx.last, size: 1, concurrency: 3 }, (batch: any, flow: any) => {
    // All three read before any of them writes: updates are lost, and the summary names the key.
    flow.step('count ' + words, async (ctx: any) => {
      const n = await ctx.state.get('n ' + words + long, 0);
      await sleep(50);
      await ctx.state.set('n ' + words + long, n + 1);
    });
    flow.step('fail ' + words, async () => { if (batch[0] === 2) throw Object.assign(new Error(words + half + long), { name: words }); });
  });
`);

  const told = story(async () => {
    const project = new Project({
      'flow.ts': FLOW,
      'throws.ts': Project.workflow(`throw new Error(${words} + 'x'.repeat(1_000_000));`),
    });
    const run = await project.cli(['run', 'flow.ts']);
    const store = ['--store', '.cronflow/runs.db'];
    const others = await project.many(
      ['show', '1', '--batches', 'all'],
      ['runs'],
      ['list', 'flow.ts'],
      ['rerun', '1', '--dry-run'],
      ['rerun', '1', '--node', HOSTILE],
      ['run', 'flow.ts', '--workflow', HOSTILE],
      ['run', 'throws.ts'],
      [HOSTILE],
      ['run', `${HOSTILE}.ts`.replaceAll('\u0000', '')],
      ['run', 'flow.ts', '--payload', HOSTILE],
      ['runs', '--store', `${HOSTILE}.db`.replaceAll('\u0000', '')],
      ['rerun', '1', '--json', ...store],
      ['show', '1', '--batches', 'all', '--json'],
      ['runs', '--json'],
      ['list', 'flow.ts', '--json'],
    );
    return { project, run, others };
  });

  test('in what people are shown', async () => {
    const { run, others } = await told();
    expect(run.code).toBe(1);
    for (const { stdout, stderr } of [run, ...others]) {
      expect(RAW.exec(stdout)).toBeNull();
      expect(RAW.exec(stderr)).toBeNull();
    }
    // The harmless part of it is still there to be read.
    expect(run.stdout).toMatch(/✕ agnp\.exe zx+…: 1 of 3 batches failed/);
    expect(run.stdout).toContain('State "n agnp.exe z');
    expect(run.stderr).toContain('agnp.exe z\n');
  });

  test('and no line is longer than can be read', async () => {
    const { run, others } = await told();
    for (const { stdout, stderr } of [run, ...others.filter(({ events }) => events.length === 0)]) {
      expect(Math.max(...`${stdout}\n${stderr}`.split('\n').map(line => line.length))).toBeLessThan(4_000);
    }
  });

  test('in JSON it is written as escapes, so that nothing of it is lost', async () => {
    const { others: all } = await told();
    const [rerun, show, runs, list] = all.slice(-4);
    expect(rerun?.summary.state).toMatchObject({ [HOSTILE]: SURROGATE, ['x'.repeat(1_000_000)]: HOSTILE });
    expect(rerun?.summary.workflow).toBe(`id ${HOSTILE}`);
    expect(show?.events.map(({ error }) => error?.message?.slice(0, HOSTILE.length + SURROGATE.length))).toContain(
      HOSTILE + SURROGATE,
    );
    expect(runs?.summary.workflow).toBe(`id ${HOSTILE}`);
    expect(list?.events[0]).toMatchObject({ id: `id ${HOSTILE}`, description: HOSTILE });
  });
});

describe('what a person who looks for a fault can see', () => {
  test('a re-run of a file that begins with a byte order mark says whether its code has changed', async () => {
    const code = Project.workflow("cronflow.define({ id: 'm' }).step('s', async () => { throw new Error('no'); });");
    const project = new Project({ 'mark.ts': `\ufeff${code}` });
    const [, same] = await project.many(['run', 'mark.ts'], ['rerun', '1', '--dry-run', '--json']);
    expect(same?.events).toMatchObject([{ event: 'dry-run', codeChanged: false }]);
    project.write('mark.ts', `\ufeff${code}\n// fixed`);
    const [changed] = await project.many(['rerun', '1', '--dry-run']);
    expect(changed?.stdout).toContain('Code: changed since the run');
  });

  test('NODE_DEBUG=cronflow:runner tells of the process of a run, on standard error; without it nothing is told', async () => {
    const project = new Project({
      'one.ts': Project.workflow("cronflow.define({ id: 'one' }).step('s', async () => 1);"),
    });
    const told = await project.cli(['run', 'one.ts', '--json'], { env: { NODE_DEBUG: 'cronflow:runner' } });
    expect(told).toMatchObject({ code: 0, summary: { status: 'completed' } });
    for (const line of [/start \d+ to start/, /\d+ works on run 1/, /\d+ has ended: code 0, signal null/])
      expect(told.stderr).toMatch(line);
    expect(await project.cli(['run', 'one.ts', '--json'])).toMatchObject({ code: 0, stderr: '' });
  });
});
