import { describe, expect, test } from 'vitest';
import { labelRun } from '../../engine/store/run-labels.ts';
import { inProcess } from '../support/in-process.ts';
import { Bench, workflow } from '../support/runs.ts';

const flow = workflow(start => start.step('one', () => 1));

async function stored(runs: number) {
  const bench = new Bench();
  for (let run = 0; run < runs; run++) await bench.run(flow);
  return { bench, cli: (...args: string[]) => inProcess(...args, '--store', bench.file) };
}

describe('cronflow delete', () => {
  test('says what runs take, deletes them for good, and leaves the others', async () => {
    const { cli } = await stored(4);
    expect(await cli('delete', '1,3-4', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Run 1 takes about \d+ KB\.\nRun 3 .*\nRun 4 .*\n$/) as string,
    });
    const { stdout } = await cli('delete', '1,3-4', '--json');
    const events = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { event: string; run: string });
    expect(events).toMatchObject(['1', '3', '4'].map(run => ({ event: 'deleted', run })));
    expect((await cli('runs')).stdout).toMatch(/^ +2 {2}completed .*\n$/);
    expect(await cli('show', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no run 3') as string,
    });
  });

  test('deletes none where one is not there, or is being worked on', async () => {
    const { bench, cli } = await stored(2);
    expect(await cli('delete', '1,9')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no run 9') as string,
    });
    const gate = Promise.withResolvers<void>();
    const { done } = await bench.start(workflow(start => start.step('wait', () => gate.promise)));
    expect(await cli('delete', '1-3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Run 3 is being worked on') as string,
    });
    gate.resolve();
    await done;
    expect((await cli('runs')).stdout.trim().split('\n')).toHaveLength(3);
  });

  test.each(['x', '0', '3-1', '1,,2'])('says how to name runs (%s)', async named => {
    const { cli } = await stored(0);
    expect(await cli('delete', named)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('such as 4 or 4,7-9. List them with: ') as string,
    });
  });
});

test('a run that was given a name is listed by it', async () => {
  const { bench, cli } = await stored(1);
  labelRun(bench.db, 1, { title: 'Before the fix' }, 1);
  expect((await cli('runs')).stdout).toContain('Before the fix (test)');
});
