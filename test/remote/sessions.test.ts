import { describe, expect, test } from 'vitest';
import { Exchange } from '../../engine/remote/exchange.ts';
import { HostSession, type SessionHost } from '../../engine/remote/host-session.ts';
import { JobGate } from '../../engine/remote/job-gate.ts';
import type { Link } from '../../engine/remote/link.ts';
import type { FromHost, Hello, ToHost } from '../../engine/remote/session.ts';
import { WORKER_PROTOCOL, type Entry, type FromWorker } from '../../engine/run/workers/protocol.ts';
import type { WorkerEvents } from '../../engine/run/workers/workers.ts';
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

/** A session without its network and its process: what it says, and whether somebody waits for it. */
function sessionAlone() {
  const said: (readonly [type: string, isWaitedFor: boolean])[] = [];
  let process: WorkerEvents | undefined;
  const host: SessionHost = {
    isDraining: () => false,
    drain: () => undefined,
    starterOf: () => events => {
      process = events;
      const about = { host: 'here', pid: 1, address: undefined };
      return { about, send: () => undefined, hold: () => undefined, kill: () => undefined };
    },
    gate: new JobGate(1),
    onBegin: () => undefined,
    onEnd: () => undefined,
  };
  const link = {
    silentTicks: 0,
    hasRoom: true,
    send: ({ type }: FromHost, isWaitedFor = true) => void said.push([type, isWaitedFor]),
  } as unknown as Link<FromHost, ToHost>;
  const session = new HostSession(host, link);
  session.onMessage({ type: 'hello', protocol: WORKER_PROTOCOL, workflow: 'test', code: 'test', run: 'r' });
  session.onMessage({ type: 'slots', place: 1, count: 1, number: 1 });
  said.length = 0;
  return { session, said, tell: (message: FromWorker) => process?.onMessage(message) };
}

function jobOf(scope: number): ToHost {
  const more = { place: 1, index: scope, items: 1, text: '[]', fresh: true, attempts: 1, startedAt: 0 };
  return { type: 'job', job: { scope, attempt: 1, epoch: 1, ...more }, after: 0 };
}

function entryOf(scope: number, kind: 'writes' | 'end', awaited = false): Entry {
  const entry = { scope, attempt: 1, epoch: 1, seq: 1, awaited, progress: undefined, writes: [] };
  return kind === 'writes' ? { ...entry, kind } : { ...entry, kind, outcome: { kind: 'stopped' } };
}

describe('a worker', () => {
  test('is in a hurry only with what steps wait for, and with the ends of batches when it has no others', () => {
    const { session, said, tell } = sessionAlone();
    const bundle = (...entries: Entry[]) => tell({ type: 'bundle', entries });
    for (const scope of [1, 2, 3]) session.onMessage(jobOf(scope));
    bundle(entryOf(1, 'writes'));
    bundle(entryOf(1, 'end'));
    // From here on it holds back no batch.
    bundle(entryOf(2, 'end'));
    bundle(entryOf(3, 'writes'));
    bundle(entryOf(3, 'writes'), entryOf(3, 'writes', true));
    bundle(entryOf(3, 'end'));
    tell({ type: 'beat', memoryBytes: 1 });
    tell({ type: 'scopes' });
    expect(said).toEqual([
      ['bundle', false],
      ['bundle', false],
      ['bundle', true],
      ['bundle', false],
      ['bundle', true],
      ['bundle', true],
      ['beat', false],
      ['scopes', true],
    ]);
  });

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
