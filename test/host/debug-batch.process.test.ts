import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually, isRunning } from '../support/cli.ts';
import { DebuggerClient } from '../support/debugger-client.ts';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

async function failedRun() {
  const project = new Project({
    'prices.ts': Project.workflow(`
cronflow.define({ id: 'prices' })
  .batch('read', { items: [1, 'free', 3], size: 3 }, (batch, flow) => {
    flow.step('cents', () => batch.map(price => price.toFixed(2)));
  });
`),
  });
  const studio = await Studio.open(project);
  const run = await studio.start('prices.ts');
  await studio.ended(run);
  const scope = (await studio.api.findBatch({ run, node: 1, index: 0 }))?.scope ?? 0;
  const request = { run, node: 'read', batch: 0, scope };
  const waiting = async () =>
    await studio.until(
      'it waits',
      () => studio.events('onDebugging').findLast(({ state }) => state === 'waiting'),
      60_000,
    );
  const ended = async () =>
    await studio.until(
      'it has ended',
      () => {
        const last = studio.events('onDebugging').at(-1);
        return last?.state === 'ended' && last;
      },
      60_000,
    );
  return { project, studio, request, waiting, ended };
}

test('a failed batch is executed in a debugger once it is allowed, one at a time, and every page hears of it', async () => {
  const { project, studio, request, waiting, ended } = await failedRun();
  expect(await studio.api.getDebugging({})).toEqual({});
  expect(value(await studio.api.debugBatch(request))).toEqual({ asks: true });
  expect(studio.events('onDebugging')).toEqual([]);
  expect(problem(await studio.api.debugBatch({ ...request, batch: 1 })).message).toContain(
    'Batch 1 of run 1 has not failed',
  );

  expect(value(await studio.api.debugBatch({ ...request, allow: true }))).toEqual({ asks: false });
  const before = readFileSync(project.storeFile);
  const { address = '', step } = await waiting();
  expect(step).toBe('read/cents');
  expect((await studio.api.getDebugging({})).debugging).toMatchObject({ state: 'waiting', address });
  expect(problem(await studio.api.debugBatch(request)).message).toContain('Batch 0 of run 1 is being debugged');

  const client = await DebuggerClient.attach(address);
  await client.goOn();
  const begins = await client.paused();
  expect(await client.evaluate(begins, 'batch')).toEqual([1, 'free', 3]);
  await studio.until('it is attached', () => studio.events('onDebugging').some(({ state }) => state === 'attached'));
  await client.resume();
  const end = await ended();
  expect(end).toMatchObject({ run: request.run, scope: request.scope, path: 'read', batch: 0, outcome: 'fails' });
  expect(end.error?.message).toContain('toFixed');
  expect(end).not.toHaveProperty('address');
  expect(readFileSync(project.storeFile).equals(before)).toBe(true);
});

test.each(['is stopped', 'has its folder closed'] as const)('its process ends when it %s', async how => {
  const { studio, request, waiting, ended } = await failedRun();
  value(await studio.api.debugBatch({ ...request, allow: true }));
  const client = await DebuggerClient.attach((await waiting()).address ?? '');
  await client.goOn();
  await client.paused();
  const pid = await client.pid();
  expect(isRunning(pid)).toBe(true);
  if (how === 'is stopped') {
    await studio.api.stopDebugging({});
    expect(await ended()).toMatchObject({ outcome: 'stopped' });
    // And the next one can begin.
    expect(value(await studio.api.debugBatch(request))).toEqual({ asks: false });
  } else await studio.host.close();
  await eventually('the process has ended', () => !isRunning(pid));
});
