import { expect, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import type { TriggerState } from '../../engine/store/trigger-store.ts';
import type { Trigger } from '../../common/graph.ts';
import { nextFiring } from '../../engine/workflow/triggers.ts';
import { firingsBetween } from '../../host/triggers/firings.ts';
import { Triggers, type StartOf } from '../../host/triggers/triggers.ts';

const at = (iso: string) => new Date(iso).getTime();
const schedule = (on: string, options: Trigger['options'] = {}): Trigger => ({
  kind: 'schedule',
  on,
  options,
  at: undefined,
});

test('a schedule of a time zone follows its clock over both changes of daylight saving time', () => {
  const berlin = schedule('30 2 * * *', { timezone: 'Europe/Berlin' });
  // On 29 March 2026 there is no 2:30 in Berlin, and on 25 October there are two.
  const spring = firingsBetween(berlin, at('2026-03-27T12:00:00Z'), at('2026-03-31T12:00:00Z'));
  expect(spring.map(time => new Date(time).toISOString())).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:30:00.000Z',
    '2026-03-30T00:30:00.000Z',
    '2026-03-31T00:30:00.000Z',
  ]);
  const autumn = firingsBetween(berlin, at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'));
  expect(autumn.map(time => new Date(time).toISOString())).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('an interval counts from its last firing', () => {
  expect(nextFiring({ kind: 'interval', on: '15 minutes', at: undefined }, 1_000)).toBe(901_000);
});

/** Triggers on a clock and a store of the test's own. */
class Stage {
  now = at('2026-06-01T06:00:00Z');
  readonly started: StartOf[] = [];
  readonly woken: number[] = [];
  readonly states = new Map<string, TriggerState>();
  readonly events: { id: number; name: string; payload: string; at: number }[] = [];
  readonly atWork = new Set<number>();
  toWake: number[] = [];
  refuses: string | undefined;
  declared: readonly Trigger[];

  constructor(...declared: readonly Trigger[]) {
    this.declared = declared;
  }

  /** As after a start of the program: what it knows is in the store. */
  triggers(): Triggers {
    const operations: Record<string, (args: never) => unknown> = {
      triggerStates: () => [...this.states.values()],
      keepTrigger: (state: TriggerState) => void this.states.set(`${state.kind} ${state.on}`, state),
      latestEvent: () => this.events.at(-1)?.id ?? 0,
      eventsAfter: ({ name, after }: { name: string; after: number }) =>
        this.events.filter(event => event.name === name && event.id > after),
      isAtWork: (run: number) => this.atWork.has(run),
      runsToWake: () => this.toWake,
    };
    return new Triggers({
      store: {
        do: async (name: string, args: unknown) => await Promise.resolve(operations[name]?.(args as never)),
      } as never,
      files: () =>
        [
          {
            file: 'flow.ts',
            graphs: [{ id: 'flow', name: 'Flow', nodes: [], triggers: this.declared, at: undefined }],
          },
        ] as never,
      start: async of => {
        if (this.refuses !== undefined) return { ok: false, problem: { name: 'LoadError', message: this.refuses } };
        if (this.started.some(({ key }) => key !== undefined && key === of.key))
          return { ok: false, problem: { name: 'KeyTakenError', message: 'taken', existing: 1 } as never };
        this.started.push(of);
        return await Promise.resolve({ ok: true, value: { run: this.started.length } });
      },
      resume: async run => {
        this.woken.push(run);
        return await Promise.resolve({ ok: true, value: {} });
      },
      now: () => this.now,
      onError: error => {
        throw error;
      },
    });
  }

  note(): string | null | undefined {
    return [...this.states.values()][0]?.note;
  }
}

test('a schedule starts a run at its moment, once, and says when it fires next', async () => {
  const stage = new Stage(schedule('0 7 * * *', { timezone: 'UTC', payload: { full: true } }));
  const triggers = stage.triggers();
  await triggers.look();
  expect(stage.started).toEqual([]);
  expect(triggers.shown()).toMatchObject([{ nextAt: at('2026-06-01T07:00:00Z'), lastAt: undefined }]);
  stage.now = at('2026-06-01T07:00:00.300Z');
  await triggers.look();
  await triggers.look();
  expect(stage.started).toEqual([
    {
      file: 'flow.ts',
      workflow: 'flow',
      payload: { full: true },
      key: 'schedule 0 7 * * * of flow: 2026-06-01T07:00:00.000Z',
    },
  ]);
  expect(triggers.shown()).toMatchObject([{ nextAt: at('2026-06-02T07:00:00Z'), lastAt: stage.now, lastRun: 1 }]);
});

test('killed between the run and what is noted of it, it starts no second one', async () => {
  const stage = new Stage(schedule('0 7 * * *', { timezone: 'UTC' }));
  await stage.triggers().look();
  const before = new Map(stage.states);
  stage.now = at('2026-06-01T07:00:01Z');
  await stage.triggers().look();
  stage.states.clear();
  for (const [key, state] of before) stage.states.set(key, state);
  const again = stage.triggers();
  await again.look();
  expect(stage.started).toHaveLength(1);
  expect(again.shown()).toMatchObject([{ lastRun: 1, note: undefined }]);
});

test('what was missed while nothing listened is skipped and said', async () => {
  const stage = new Stage(schedule('0 7 * * *', { timezone: 'UTC' }));
  await stage.triggers().look();
  stage.now = at('2026-06-04T12:00:00Z');
  await stage.triggers().look();
  expect(stage.started).toEqual([]);
  expect(stage.note()).toMatch(/^4 firings were missed, the last .*: nothing listened\.$/);
  stage.now = at('2026-06-05T07:00:00Z');
  await stage.triggers().look();
  expect(stage.started).toHaveLength(1);
  expect(stage.note()).toBeNull();
});

test("with missed: 'once', what was missed is made up for by one run", async () => {
  const stage = new Stage(schedule('0 7 * * *', { timezone: 'UTC', missed: 'once' }));
  await stage.triggers().look();
  stage.now = at('2026-06-04T12:00:00Z');
  const triggers = stage.triggers();
  await triggers.look();
  await triggers.look();
  expect(stage.started.map(({ key }) => key)).toEqual(['schedule 0 7 * * * of flow: 2026-06-04T07:00:00.000Z']);
});

test.each([
  ['skip', undefined, 1],
  ['allow', 'allow', 2],
] as const)('overlap %s: while its run before is still running', async (_name, overlap, runs) => {
  const stage = new Stage(schedule('0 * * * *', overlap && { overlap }));
  const triggers = stage.triggers();
  await triggers.look();
  stage.now = at('2026-06-01T07:00:00Z');
  await triggers.look();
  stage.atWork.add(1);
  stage.now = at('2026-06-01T08:00:00Z');
  await triggers.look();
  expect(stage.started).toHaveLength(runs);
  if (runs === 1) expect(stage.note()).toBe('It did not start: run 1 was still running.');
});

test('overlap queue: each firing of a clock waits its turn, also over a restart, and starts once', async () => {
  const stage = new Stage(schedule('0 * * * *', { overlap: 'queue' }));
  await stage.triggers().look();
  for (const hour of ['07', '08', '09']) {
    stage.now = at(`2026-06-01T${hour}:00:00Z`);
    stage.atWork.add(1);
    await stage.triggers().look();
  }
  expect(stage.started.map(({ key }) => key?.slice(-24))).toEqual(['2026-06-01T07:00:00.000Z']);
  expect(stage.note()).toBe('2 firings wait until run 1 has ended.');
  stage.atWork.delete(1);
  stage.atWork.add(2);
  stage.now = at('2026-06-01T09:20:00Z');
  await stage.triggers().look();
  await stage.triggers().look();
  expect(stage.note()).toBe('1 firing waits until run 2 has ended.');
  stage.atWork.clear();
  await stage.triggers().look();
  await stage.triggers().look();
  expect(stage.started.map(({ key }) => key?.slice(-24))).toEqual([
    '2026-06-01T07:00:00.000Z',
    '2026-06-01T08:00:00.000Z',
    '2026-06-01T09:00:00.000Z',
  ]);
});

test('overlap queue: of a clock a hundred firings wait, and how many were left out is said until the last of them has started', async () => {
  const stage = new Stage(schedule('* * * * *', { overlap: 'queue' }));
  await stage.triggers().look();
  // Each look is of a new process: what counts is in the store.
  const nextMinute = async () => {
    stage.now += 60_000;
    await stage.triggers().look();
  };
  await nextMinute();
  stage.atWork.add(1);
  for (let minute = 0; minute < 100; minute++) await nextMinute();
  expect(stage.note()).toBe('100 firings wait until run 1 has ended.');
  await nextMinute();
  expect(stage.note()).toBe(
    '100 firings wait until run 1 has ended. 1 firing was left out: no more than 100 can wait.',
  );
  await nextMinute();
  expect(stage.note()).toBe(
    '100 firings wait until run 1 has ended. 2 firings were left out: no more than 100 can wait.',
  );
  stage.atWork.clear();
  for (let run = 0; run < 100; run++) await stage.triggers().look();
  expect(stage.started).toHaveLength(101);
  expect(stage.note()).toBe('2 firings were left out: no more than 100 can wait.');
  await nextMinute();
  expect(stage.started).toHaveLength(102);
  expect(stage.note()).toBeNull();
});

test('overlap queue: what is published waits in the store, and its runs go one after the other', async () => {
  const stage = new Stage({ kind: 'event', on: 'order.paid', options: { overlap: 'queue' }, at: undefined });
  await stage.triggers().look();
  for (const id of [1, 2, 3]) stage.events.push({ id, name: 'order.paid', payload: encode(id, ''), at: 0 });
  stage.atWork.add(1);
  await stage.triggers().look();
  await stage.triggers().look();
  expect(stage.started.map(({ payload }) => payload)).toEqual([1]);
  expect(stage.note()).toBe('2 events wait until run 1 has ended.');
  stage.atWork.clear();
  stage.atWork.add(2);
  await stage.triggers().look();
  expect(stage.started.map(({ payload }) => payload)).toEqual([1, 2]);
});

test('a run that could not start says why', async () => {
  const stage = new Stage(schedule('0 7 * * *', { timezone: 'UTC' }));
  stage.refuses = 'The file does not load.';
  await stage.triggers().look();
  stage.now = at('2026-06-01T07:00:00Z');
  await stage.triggers().look();
  expect(stage.note()).toBe('It did not start: The file does not load.');
});

test('events that were published since start a run each, with what was published, also over a restart', async () => {
  const stage = new Stage({ kind: 'event', on: 'order.paid', at: undefined });
  stage.events.push({ id: 1, name: 'order.paid', payload: encode('before', ''), at: 0 });
  await stage.triggers().look();
  stage.events.push({ id: 2, name: 'order.paid', payload: encode({ order: 7 }, ''), at: 0 });
  stage.events.push({ id: 3, name: 'other', payload: encode(0, ''), at: 0 });
  stage.events.push({ id: 4, name: 'order.paid', payload: encode({ order: 8 }, ''), at: 0 });
  await stage.triggers().look();
  await stage.triggers().look();
  expect(stage.started.map(({ payload, key }) => [payload, key])).toEqual([
    [{ order: 7 }, 'event 2 of flow'],
    [{ order: 8 }, 'event 4 of flow'],
  ]);
});

test('runs that rest are woken by an answer, or when their time is over', async () => {
  const stage = new Stage();
  stage.toWake = [4];
  await stage.triggers().look();
  expect(stage.woken).toEqual([4]);
});
