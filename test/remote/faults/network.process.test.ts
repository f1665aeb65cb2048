import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/call.ts';
import { networkForTest, whyNoNetwork, type NetworkMachine } from '../../support/network.ts';
import {
  SERVER_KINDS,
  sayWhatIsSkipped,
  startServer,
  whyNoServer,
  type ServerKind,
} from '../../support/servers/queue-servers.ts';
import { Machines } from './machines.ts';

/*
 * The server, the run and each worker on a machine of its own, with cables between them that are pulled out: no process hears of it, as
 * none does in the world, where a proxy (server.process.test.ts) can only do as if.
 */

sayWhatIsSkipped('a network that is cut');
if (whyNoNetwork !== undefined) console.warn(`Skipped, a network that is cut: ${whyNoNetwork}.`);

/** More than a run hears nothing of a worker before it gives it up, and than a connection may be silent. */
const CUT_MS = 14_000;

interface Place {
  readonly server: NetworkMachine;
  readonly own: NetworkMachine;
  readonly near: NetworkMachine;
  readonly far: NetworkMachine;
}

/** Ways in which what is between two machines is lost. */
const CUTS = {
  'its cable is pulled out': {
    cut: ({ far }: Place) => far.pullOut(),
    mend: ({ far }: Place) => far.plugIn(),
  },
  'only what it sends is lost': {
    cut: ({ far, server }: Place) => far.muteTo(server),
    mend: ({ far, server }: Place) => far.unmuteTo(server),
  },
  'only what is sent to it is lost': {
    cut: ({ far, server }: Place) => server.muteTo(far),
    mend: ({ far, server }: Place) => server.unmuteTo(far),
  },
} as const;

describe.for(SERVER_KINDS)('a network that is cut, over %s', kind => {
  describe.skipIf(whyNoServer[kind] !== undefined || whyNoNetwork !== undefined)('between machines', () => {
    test.for(Object.keys(CUTS) as (keyof typeof CUTS)[])(
      'a worker is replaced when %s; what it does meanwhile changes nothing, and later it works again',
      async how => {
        const { place, machines } = await onMachines(kind, { batches: 48, stepMs: 1_000 });
        const cutOff = await machines.join({ on: place.far });
        await machines.join({ on: place.near });
        machines.hold();
        const run = machines.run('run', { on: place.own });
        const atStepOne = () => [...machines.inFlightOf(cutOff.pid)].filter(item => !hasEnded(machines, 'one', item));
        await eventually('it is at work at step one', () => atStepOne().length >= 4);
        const had = new Set(atStepOne());
        const before = machines.processesOf(cutOff);
        const cutAt = machines.now;
        CUTS[how].cut(place);
        await run.says('is lost');
        // Those at the other worker have to end, to make room; then nothing more ends.
        machines.letGo();
        await machines.takenOver(had, cutAt, cutOff.pid);
        machines.hold();
        // What has ended without a way to say so is sent late.
        const late = machines.noted.filter(({ what, at, host }) => what === 'end' && at > cutAt && host === cutOff.pid);
        expect(late.length).toBeGreaterThan(0);
        await delay(Math.max(0, CUT_MS - (machines.now - cutAt)));
        CUTS[how].mend(place);
        await eventually('the worker works again', () =>
          machines.noted.some(({ host, pid }) => host === cutOff.pid && !before.includes(pid)),
        );
        machines.letGo();
        const ended = await run.done;
        expect(machines.check(ended)).toBeLessThanOrEqual(16);
        expect(ended.stdout).not.toContain('"level":"error"');
      },
    );

    test('a run that is cut off for twenty seconds loses no worker, and repeats nothing', async () => {
      const { place, machines } = await onMachines(kind);
      await Promise.all([machines.join({ on: place.far }), machines.join({ on: place.near })]);
      const run = machines.run('run', { on: place.own });
      await machines.begun('two', 8);
      const cutAt = machines.now;
      place.own.pullOut();
      await run.says('does not answer');
      await delay(Math.max(0, 20_000 - (machines.now - cutAt)));
      place.own.plugIn();
      const ended = await run.done;
      expect(machines.check(ended)).toBe(0);
      expect(ended.stdout).not.toMatch(/is lost|"level":"error"/);
    });

    test('a server that is cut off makes nobody lost', async () => {
      const { place, machines } = await onMachines(kind);
      await Promise.all([machines.join({ on: place.far }), machines.join({ on: place.near })]);
      const run = machines.run('run', { on: place.own });
      await machines.begun('two', 8);
      place.server.pullOut();
      await delay(CUT_MS);
      place.server.plugIn();
      const ended = await run.done;
      expect(machines.check(ended)).toBe(0);
      expect(ended.stdout).not.toMatch(/is lost|"level":"error"/);
    });
  });
});

function hasEnded({ noted }: Machines, step: string, item: number): boolean {
  return noted.some(other => other.what === 'end' && other.step === step && other.item === item);
}

async function onMachines(
  kind: ServerKind,
  shape?: ConstructorParameters<typeof Machines>[1],
): Promise<{ place: Place; machines: Machines }> {
  const network = networkForTest();
  const place = { server: network.add(), own: network.add(), near: network.add(), far: network.add() };
  const server = await startServer(kind, { machine: place.server });
  onTestFinished(() => server.close());
  return { place, machines: new Machines(server, shape) };
}
