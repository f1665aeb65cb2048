import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameCodec } from '../../engine/remote/frames.ts';
import { sign } from '../../engine/remote/signature.ts';
import { Linked } from './linked.ts';
import { NO_FAULTS, type Faults } from './simulated-network.ts';

const BAD: Faults = { loss: 0.1, repeat: 0.3, leastMs: 1, mostMs: 400 };

/** Something that happens to two processes that talk. */
type Event =
  | {
      readonly kind: 'say';
      readonly side: 'coordinator' | 'worker';
      readonly count: number;
      readonly length: number;
      readonly isWaitedFor: boolean;
    }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'outage'; readonly as: 'refuses' | 'hangs'; readonly ms: number }
  | { readonly kind: 'stop'; readonly who: 'here' | 'there'; readonly ms: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      side: fc.constantFrom('coordinator' as const, 'worker' as const),
      count: fc.integer({ min: 1, max: 20 }),
      length: fc.constantFrom(1, 100, 10_000, 900_000),
      isWaitedFor: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 900 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('outage' as const),
      as: fc.constantFrom('refuses' as const, 'hangs' as const),
      ms: fc.integer({ min: 100, max: 9_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      who: fc.constantFrom('here' as const, 'there' as const),
      ms: fc.integer({ min: 100, max: 1_500 }),
    }),
  },
);

describe('a link', () => {
  test('delivers all messages once and in order, whatever becomes of letters, as long as nobody is lost', async () => {
    let completed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), fc.integer(), async (events, seed) => {
        const linked = await new Linked(seed).open();
        await linked.greet();
        const sent = { coordinator: ['hello'], worker: ['hello'] };
        linked.network.faults = BAD;
        for (const happens of events) await happen(linked, happens, sent);
        linked.network.faults = NO_FAULTS;
        await linked.clock.advance(12_000);
        const { coordinator, worker } = linked;
        expect(linked.ends).toHaveLength(1);
        // What has arrived is right in any case.
        expect(worker.received).toEqual(sent.coordinator.slice(0, worker.received.length));
        expect(coordinator.received).toEqual(sent.worker.slice(0, coordinator.received.length));
        if (coordinator.lost.length > 0) return;
        expect(worker.lost).toEqual([]);
        expect(worker.received).toHaveLength(sent.coordinator.length);
        expect(coordinator.received).toHaveLength(sent.worker.length);
        completed += 1;
      }),
      { numRuns: 60 },
    );
    // Else this shows nothing.
    expect(completed).toBeGreaterThan(40);
  }, 60_000);

  test('takes nothing that is not signed with its secret, or that was signed for another', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    const { network, worker } = linked;
    const real = network.posted.find(({ to, letter }) => to === 'worker' && letter.includes('"part"'));
    if (!real) throw new Error('nothing was sent');
    await fc.assert(
      fc.asyncProperty(fc.nat(real.letter.length - 1), fc.string({ minLength: 1, maxLength: 1 }), async (at, put) => {
        fc.pre(real.letter[at] !== put);
        network.deliver('worker', real.letter.slice(0, at) + put + real.letter.slice(at + 1));
        // A letter to somebody else, and the answer of the worker itself.
        network.deliver('coordinator', real.letter);
        await linked.clock.advance(5);
        expect(worker.received).toEqual(['hello']);
        expect(linked.coordinator.received).toEqual(['hello']);
        expect(linked.ends).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
    expect(linked.foreign).toBeGreaterThan(50);
  });

  test('of another secret is none: the worker is lost, and both sides know that letters are signed otherwise', async () => {
    const linked = await new Linked().open({ workerSecret: 'another secret of the tests' });
    linked.coordinator.link?.send('hello');
    await linked.clock.advance(6_000);
    expect(linked.ends).toEqual([]);
    expect(linked.foreign).toBeGreaterThan(0);
    expect(linked.coordinator.lost).toHaveLength(1);
  });

  test('a silent worker is lost within four seconds, and not before three', async () => {
    for (const at of [0, 250, 500, 999]) {
      const linked = await new Linked().open();
      await linked.greet();
      await linked.clock.advance(10_000 + at);
      expect(linked.coordinator.lost).toEqual([]);
      const died = linked.clock.elapsed();
      linked.there.die();
      await linked.clock.advance(10_000);
      const [lost] = linked.coordinator.lost;
      expect(lost?.reason).toBe('nothing was heard of it for 3 s');
      expect((lost?.at ?? 0) - died).toBeGreaterThanOrEqual(2_000);
      expect((lost?.at ?? 0) - died).toBeLessThanOrEqual(4_000);
    }
  });

  test('a coordinator that was stopped, for however long, loses nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50_000 }), async ms => {
        const linked = await new Linked().open();
        await linked.greet();
        linked.here.stop();
        linked.worker.link?.send('meanwhile');
        await linked.clock.advance(ms);
        linked.here.goOn();
        await linked.clock.advance(10_000);
        expect(linked.coordinator.lost).toEqual([]);
        expect(linked.worker.lost).toEqual([]);
        expect(linked.coordinator.received).toEqual(['hello', 'meanwhile']);
      }),
      { numRuns: 15 },
    );
  });

  test('a worker that was stopped for long is lost, and ends its session when it goes on', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    linked.there.stop();
    await linked.clock.advance(20_000);
    expect(linked.coordinator.lost).toHaveLength(1);
    expect(linked.worker.lost).toEqual([]);
    linked.there.goOn();
    await linked.clock.advance(1_500);
    expect(linked.worker.lost).toMatchObject([{ reason: 'it has ended, or has given up' }]);
    // What it still says is of a link that is over.
    expect(linked.ends).toHaveLength(1);
  });

  test('a server that is away makes nobody lost, and all mends when it is back, also when it is empty', async () => {
    for (const away of ['refuses', 'hangs'] as const) {
      const linked = await new Linked().open();
      await linked.greet();
      linked.network.away = away;
      linked.coordinator.link?.send('one');
      linked.worker.link?.send('two');
      await linked.clock.advance(40_000);
      linked.network.empty();
      linked.network.away = undefined;
      await linked.clock.advance(9_000);
      expect([...linked.coordinator.lost, ...linked.worker.lost]).toEqual([]);
      expect(linked.worker.received).toEqual(['hello', 'one']);
      expect(linked.coordinator.received).toEqual(['hello', 'two']);
      if (away === 'refuses') expect(linked.trouble).toEqual(['connect ECONNREFUSED', undefined]);
    }
  });

  test('where the coordinator itself is cut off, nobody is lost; where a worker is, that one', async () => {
    const first = await new Linked().open();
    await first.greet();
    first.here.isCut = true;
    await first.clock.advance(30_000);
    first.here.isCut = false;
    first.network.fetchKept();
    await first.clock.advance(9_000);
    expect([...first.coordinator.lost, ...first.worker.lost]).toEqual([]);

    const second = await new Linked().open();
    await second.greet();
    second.there.isCut = true;
    await second.clock.advance(5_000);
    expect(second.coordinator.lost).toHaveLength(1);
    second.there.isCut = false;
    second.network.fetchKept();
    await second.clock.advance(3_000);
    expect(second.worker.lost).toHaveLength(1);
  });

  test('a worker whose coordinator is gone gives up after a minute of its own', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    linked.here.die();
    await linked.clock.advance(59_000);
    expect(linked.worker.lost).toEqual([]);
    await linked.clock.advance(3_000);
    expect(linked.worker.lost).toHaveLength(1);
  });

  test('a closed one is over on the other side at once', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    await linked.exchange?.close();
    await linked.clock.advance(10);
    expect(linked.worker.lost).toHaveLength(1);
    expect(linked.coordinator.lost).toEqual([]);
  });

  test('has no room while the other side takes nothing, says when it has again, and keeps what is sent all the same', async () => {
    const linked = await new Linked().open();
    let rooms = 0;
    const { link } = linked.coordinator;
    if (!link) throw new Error('no link');
    link.events = { ...linked.coordinator, onRoom: () => void (rooms += 1) };
    await linked.greet();
    linked.network.away = 'refuses';
    const piece = 'x'.repeat(1024 * 1024);
    let sent = 0;
    for (; link.hasRoom; sent++) link.send(piece);
    expect(sent).toBe(8);
    for (; sent < 20; sent++) link.send(piece);
    expect(rooms).toBe(0);
    linked.network.away = undefined;
    await linked.clock.advance(12_000);
    expect(linked.worker.received).toHaveLength(21);
    expect(rooms).toBeGreaterThan(0);
    expect(link.hasRoom).toBe(true);
    expect(Math.max(...linked.network.posted.map(({ letter }) => letter.length))).toBeLessThan(600 * 1024);
  });

  test('what comes while a letter is on its way goes in one', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    const before = linked.network.posted.length;
    for (let message = 0; message < 100; message++) {
      linked.coordinator.link?.send(`${message}`);
      if (message % 10 === 9) await linked.clock.advance(1);
    }
    await linked.clock.advance(50);
    expect(linked.worker.received).toHaveLength(101);
    const parts = linked.network.posted.slice(before).filter(({ letter }) => letter.includes('"part"'));
    expect(parts.length).toBeLessThanOrEqual(4);
  });

  test('what nobody waits for goes with what comes next, and by itself a moment later', async () => {
    const linked = await new Linked().open();
    await linked.greet();
    const { link } = linked.coordinator;
    const parts = () => linked.network.posted.filter(({ letter }) => letter.includes('"part"')).length;
    const before = parts();
    for (let message = 0; message < 20; message++) {
      link?.send(`${message}`, false);
      await linked.clock.advance(1);
    }
    expect(parts()).toBe(before);
    await linked.clock.advance(15);
    expect(parts()).toBe(before + 1);
    expect(linked.worker.received).toHaveLength(21);

    link?.send('it can wait', false);
    link?.send('it cannot');
    link?.send('nor can this wait for less than what is before it', false);
    await linked.clock.advance(10);
    expect(parts()).toBe(before + 2);
    expect(linked.worker.received.slice(21)).toHaveLength(3);
    await linked.clock.advance(100);
    expect(parts()).toBe(before + 2);
  });
});

test('frames that are no letters of ours are not read', () => {
  const codec = new FrameCodec('a secret of the tests');
  const letter = codec.seal({
    link: 'l',
    from: 'a',
    to: 'b',
    kind: 'part',
    seq: 1,
    ack: 0,
    bytes: Buffer.from([1, 2]),
  });
  expect(codec.open(letter)).toEqual({
    link: 'l',
    from: 'a',
    to: 'b',
    kind: 'part',
    seq: 1,
    ack: 0,
    bytes: Buffer.from([1, 2]),
  });
  for (const other of ['', ' ', 'x', letter.slice(1), `${letter} `, ` ${letter}`])
    expect(codec.open(other)).toBeUndefined();
  const text = letter.slice(letter.indexOf(' ') + 1);
  const asCard = `${sign('a secret of the tests', 'card', text)} ${text}`;
  expect(codec.open(asCard)).toBeUndefined();
});

async function happen(
  linked: Linked,
  happens: Event,
  sent: { readonly coordinator: string[]; readonly worker: string[] },
): Promise<void> {
  switch (happens.kind) {
    case 'say':
      for (let count = 0; count < happens.count; count++) {
        // A stopped process says nothing, and a lost one has nobody to talk to.
        const message = `${sent[happens.side].length} ${'x'.repeat(count === 0 ? happens.length : 1)}`;
        sent[happens.side].push(message);
        linked[happens.side].link?.send(message, happens.isWaitedFor);
      }
      break;
    case 'wait':
      await linked.clock.advance(happens.ms);
      break;
    case 'empty':
      linked.network.empty();
      break;
    case 'outage':
      linked.network.away = happens.as;
      await linked.clock.advance(happens.ms);
      linked.network.away = undefined;
      break;
    case 'stop':
      linked[happens.who].stop();
      await linked.clock.advance(happens.ms);
      linked[happens.who].goOn();
      break;
  }
}
