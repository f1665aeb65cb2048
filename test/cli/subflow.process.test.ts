import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const PARENT = Project.workflow(`
cronflow.define({ id: 'parent', name: 'Parent' })
  .step('load', () => [1, 2])
  .forEach('each', ctx => ctx.last, (n, flow) => flow.subflow({ id: 'call', title: 'Call the child' }, 'child', () => ({ n })));
`);
const CHILD = Project.workflow(`
cronflow.define({ id: 'child', name: 'Child' })
  .step('work', ctx => { console.log('working on', ctx.payload.n); if (ctx.payload.n === 2) throw new Error('two is too much'); return ctx.payload.n; });
`);

describe('a workflow of another file of the folder', () => {
  test('is found, and its run is told as a part: by run, show and runs', { timeout: 60_000 }, async () => {
    const project = new Project({ 'parent.ts': PARENT, 'child.ts': CHILD });
    const ran = await project.cli(['run', 'parent.ts']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('run 2 · work: working on 1');
    expect(ran.stdout).toMatch(/1 item of each: "child" failed in run 3: two is too much \(child\.ts:5\)/);
    expect(ran.stdout).toContain('Runs that are a part of it: 1 completed, 1 failed');
    expect(ran.stdout).toMatch(/✕ run 3 failed · Call the child/);
    const [shown, list, all, json] = await project.many(
      ['show', '3'],
      ['runs'],
      ['runs', '--parts'],
      ['show', '2', '--json'],
    );
    expect(shown?.stdout).toContain('Part of run 1: its step each/call has started it');
    // It is the run around it that is re-run.
    expect(shown?.stdout).toMatch(/rerun 1\b/);
    expect(list?.stdout.split('\n').filter(line => line !== '')).toHaveLength(1);
    expect(all?.stdout).toMatch(/3 {2}failed .*part of run 1/);
    expect(json?.summary).toMatchObject({ run: '2', partOf: '1', status: 'completed' });
  });

  test('is refused where there is none, with the line of the subflow', { timeout: 60_000 }, async () => {
    const project = new Project({ 'parent.ts': PARENT, 'other.ts': CHILD.replace("id: 'child'", "id: 'children'") });
    const { code, stderr } = await project.cli(['run', 'parent.ts']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/parent\.ts:6:\d+: subflow "each\/call": there is no workflow "child"/);
    expect(existsSync(project.storeFile)).toBe(false);
  });

  test('is refused where two files have it', { timeout: 60_000 }, async () => {
    const project = new Project({ 'parent.ts': PARENT, 'a.ts': CHILD, 'b.ts': CHILD });
    const { code, stderr } = await project.cli(['run', 'parent.ts']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/b\.ts:4.*Two workflows have the id "child"; the other is in a\.ts/);
  });

  test('is not loaded where no subflow names it', { timeout: 60_000 }, async () => {
    const project = new Project({
      'parent.ts': Project.workflow(`cronflow.define({ id: 'alone' }).step('a', () => 1);`),
      'child.ts': `${CHILD}\nnote('loaded');`,
    });
    expect((await project.cli(['run', 'parent.ts'])).code).toBe(0);
    expect(project.ledger()).toEqual([]);
  });

  test(
    'has its batches executed by workers, and the batch around it in the process of the run',
    { timeout: 60_000 },
    async () => {
      const project = new Project({
        'parent.ts': Project.workflow(`
cronflow.define({ id: 'parent' }).batch('each', { items: [1, 2], size: 1, workers: 2 }, (items, flow) =>
  flow.subflow('call', 'child', () => items).action('note', () => note({ outer: process.pid })));
`),
        'child.ts': Project.workflow(`
cronflow.define({ id: 'child' }).batch('inner', { items: ctx => ctx.payload, size: 1, workers: 1 }, (items, flow) =>
  flow.action('note', () => note({ inner: process.pid })));
`),
      });
      const { code } = await project.cli(['run', 'parent.ts']);
      expect(code).toBe(0);
      const pids = project.ledger() as { outer?: number; inner?: number }[];
      const outer = new Set(pids.flatMap(({ outer: pid }) => pid ?? []));
      const inner = pids.flatMap(({ inner: pid }) => pid ?? []);
      expect(outer.size).toBe(1);
      expect(inner).toHaveLength(2);
      expect(inner.some(pid => outer.has(pid))).toBe(false);
    },
  );
});

describe('a part that waits for a person', () => {
  const files = {
    'parent.ts': Project.workflow(
      `cronflow.define({ id: 'parent' }).subflow('call', 'child').step('end', ctx => ctx.last);`,
    ),
    'child.ts': Project.workflow(
      `cronflow.define({ id: 'child' }).humanInTheLoop('boss', { description: 'Go on?' }).step('end', ctx => ctx.last.approved);`,
    ),
  };

  test.each([
    ['itself', '2'],
    ['the run around it', '1'],
  ])('is answered by %s, and both go on', { timeout: 60_000 }, async (_of, run) => {
    const project = new Project(files);
    const rests = await project.cli(['run', 'parent.ts']);
    expect(rests.stdout).toMatch(/waiting for approval/);
    // The command names the run that waits.
    expect(rests.stdout).toMatch(/approve 2 [0-9a-f]+/);
    const answered = await project.cli(['approve', run, '--json']);
    expect(answered.summary).toMatchObject({ run: '1', status: 'completed', output: true });
  });

  test('is not resumed alone: what is around it would never hear of it', { timeout: 60_000 }, async () => {
    const project = new Project(files);
    await project.cli(['run', 'parent.ts']);
    const { code, stderr } = await project.cli(['resume', '2']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Run 2 is a part of run 1, and goes on with it: .* resume 1\n/);
  });
});

test(
  'a part that failed is re-run alone, and the run around it takes what it has come to',
  { timeout: 60_000 },
  async () => {
    const project = new Project({ 'parent.ts': PARENT, 'child.ts': CHILD });
    await project.cli(['run', 'parent.ts']);
    project.write('child.ts', CHILD.replace('=== 2', '=== 3'));
    expect((await project.cli(['rerun', '3', '--json'])).summary).toMatchObject({ run: '3', status: 'completed' });
    const again = await project.cli(['rerun', '1']);
    expect(again.code).toBe(0);
    expect(again.stderr).not.toContain('working on');
  },
);
