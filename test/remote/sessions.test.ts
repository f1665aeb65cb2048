import { describe, expect, test } from 'vitest';
import { Exchange } from '../../engine/remote/exchange.ts';
import type { FromHost, Hello, ToHost } from '../../engine/remote/session.ts';
import { WORKER_PROTOCOL } from '../../engine/run/workers/protocol.ts';
import { workflow } from '../support/runs.ts';
import { RemoteBench, SECRET } from './remote-bench.ts';
import { SimulatedProcess } from './simulated-network.ts';

const DEFINITION = workflow(flow => flow.step('one', () => 1));

/** A runner that begins a session with the worker of a bench, and what it hears. */
async function runner(bench: RemoteBench, hello: Partial<Hello> = {}) {
  const process = new SimulatedProcess(bench.clock);
  const exchange = new Exchange<ToHost, FromHost>({
    address: `runner-${Math.random()}`,
    secret: SECRET,
    clock: process,
    gapMs: 4,
    openMailbox: bench.network.mailboxOf(process),
  });
  await exchange.open();
  const heard: string[] = [];
  const link = exchange.begin('machine-1', {
    onMessage: message => void heard.push(message.type === 'refused' ? message.reason : message.type),
    onLost: reason => void heard.push(reason),
  });
  const told: Hello = { type: 'hello', protocol: WORKER_PROTOCOL, workflow: 'test', code: 'test', run: 'r', ...hello };
  link.send(told);
  return { heard, process, close: () => exchange.close() };
}

describe('a worker', () => {
  test('refuses a run that it cannot execute, and says why', async () => {
    const bench = new RemoteBench();
    await bench.prepare(DEFINITION);
    const machine = await bench.join();
    const other = await runner(bench, { code: 'other' });
    await expect.poll(() => other.heard).toEqual(['it has other code than the run for "test"']);
    const newer = await runner(bench, { protocol: WORKER_PROTOCOL + 1 });
    await expect
      .poll(() => newer.heard)
      .toEqual([`it speaks version ${WORKER_PROTOCOL} of the protocol, not ${WORKER_PROTOCOL + 1}`]);
    expect(machine.workers.all).toEqual([]);
    await Promise.all([other.close(), newer.close()]);
  });

  test('ends what it does for a process of a run when another one executes that run', async () => {
    const bench = new RemoteBench();
    await bench.prepare(DEFINITION);
    const machine = await bench.join();
    const first = await runner(bench);
    await expect.poll(() => machine.events).toEqual(['begins']);
    const another = await runner(bench, { run: 'of another' });
    await expect.poll(() => machine.events).toEqual(['begins', 'begins']);
    first.process.stop();
    const second = await runner(bench);
    await expect.poll(() => machine.events).toEqual(['begins', 'begins', 'ends', 'begins']);
    expect(machine.workers.all).toHaveLength(3);
    first.process.goOn();
    await expect.poll(() => first.heard).toContain('it has ended, or has given up');
    expect(another.heard).toEqual([]);
    expect(second.heard).toEqual([]);
    await Promise.all([first.close(), second.close(), another.close()]);
  });
});
