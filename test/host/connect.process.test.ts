import { createBirpc } from 'birpc';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROTOCOL } from '../../host/api/protocol.ts';
import { METHODS, type EventName, type StudioApi, type StudioEvents } from '../../host/api/api.ts';
import { connect, type Channel } from '../../host/api/connect.ts';
import { pack, unpack } from '../../host/api/wire.ts';
import { Project } from '../support/project.ts';
import { Studio } from './studio.ts';

/** The two ends of a channel in one process, each of which gets copies of what the other sends. */
class Wire {
  readonly host: Channel;
  /** What the host has sent, as it came. */
  readonly sent: unknown[] = [];
  #toHost: ((message: unknown) => void)[] = [];
  #toPage: ((message: unknown) => void)[] = [];

  constructor(copy: (message: unknown) => unknown = structuredClone) {
    this.host = {
      send: message => {
        const copied = copy(message);
        this.sent.push(copied);
        for (const hear of this.#toPage) queueMicrotask(() => hear(copied));
      },
      onMessage: hear => {
        this.#toHost.push(hear);
      },
    };
  }

  get answers(): unknown[] {
    return this.sent.filter(message => (message as { t: unknown }).t === 's');
  }

  say(message: unknown): void {
    for (const hear of this.#toHost) hear(message);
  }

  page(events: Partial<StudioEvents> = {}): StudioApi {
    return createBirpc<StudioApi, StudioEvents>(events as StudioEvents, {
      post: message => queueMicrotask(() => this.say(structuredClone(message))),
      on: hear => {
        this.#toPage.push(hear);
      },
    }) as unknown as StudioApi;
  }
}

async function connected(
  copy?: (message: unknown) => unknown,
): Promise<{ studio: Studio; wire: Wire; disconnect: () => void }> {
  const studio = await Studio.open(new Project());
  const wire = new Wire(copy);
  const disconnect = connect(studio.host, wire.host);
  onTestFinished(disconnect);
  return { studio, wire, disconnect };
}

const turn = (ms = 20) => new Promise(resolve => setTimeout(resolve, ms));

describe('a connection', () => {
  test('answers calls, over messages as objects and as text', async () => {
    for (const copy of [structuredClone, (message: unknown) => unpack(pack(message))]) {
      const { wire } = await connected(copy);
      const page = wire.page();
      expect(await page.hello({})).toMatchObject({ protocol: PROTOCOL, shell: 'browser' });
      expect(await page.listRuns({ limit: 10 })).toEqual([]);
    }
  });

  test('drops what is no message, and goes on', async () => {
    const { wire } = await connected();
    const page = wire.page();
    const none = [
      undefined,
      null,
      0,
      '',
      'q',
      [],
      {},
      { t: 'q' },
      { t: 'q', m: 5, a: [] },
      { t: 'q', m: 'hello' },
      { t: 'q', m: 'hello', a: 'x', i: '1' },
      { t: 'q', m: 'hello', a: [{}], i: { toString: 5 } },
      { t: 's' },
      { t: 's', i: 5 },
      { t: 's', i: 'nobody asked', r: 5 },
      { t: 'x', m: 'hello', a: [] },
      Object.create(null),
      new Map(),
      new Error('no'),
      Symbol('no'),
      () => undefined,
      {
        get t() {
          return 'q';
        },
        m: ['hello'],
        a: {},
      },
    ];
    for (const message of none) wire.say(message);
    await turn();
    expect(wire.answers).toEqual([]);
    expect(await page.hello({})).toMatchObject({ protocol: PROTOCOL });
  });

  test('calls nothing but its own methods', async () => {
    const { wire } = await connected();
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '__defineGetter__',
      'then',
      '$close',
      '$functions',
      'noSuchMethod',
      '',
      'close',
      'subscribe',
      'onDelta',
    ];
    for (const [at, name] of names.entries()) wire.say({ t: 'q', i: String(at), m: name, a: [{}] });
    await turn();
    expect(wire.answers).toHaveLength(names.length);
    for (const answer of wire.answers)
      expect(answer).toMatchObject({ t: 's', e: { message: expect.stringContaining('not found') } });
    // An optional call of what is not there gives nothing.
    wire.say({ t: 'q', i: 'optional', m: 'constructor', a: [], o: true });
    await turn();
    expect(wire.answers.at(-1)).toEqual({ t: 's', i: 'optional', r: undefined });
  });

  test('refuses arguments that are not what a method takes, in one sentence and without a stack of ours', async () => {
    const { wire, studio } = await connected();
    const page = wire.page();
    const wrong: readonly [keyof StudioApi, unknown][] = [
      ['listRuns', {}],
      ['listRuns', { limit: 0 }],
      ['listRuns', { limit: 1e9 }],
      ['listRuns', { limit: '10' }],
      ['listRuns', { limit: 10, statuses: ['gone'] }],
      ['listRuns', []],
      ['listRuns', 'x'],
      ['getRun', { run: -1 }],
      ['getRun', { run: 1.5 }],
      ['getRun', { run: '1; drop table runs' }],
      ['getRun', { run: Number.NaN }],
      ['getRun', null],
      ['listBatches', { run: 1, node: 1, where: { ranges: [[0]] }, sort: 'index', offset: 0, limit: 10 }],
      ['listBatches', { run: 1, node: 1, where: {}, sort: 'scope; --', offset: 0, limit: 10 }],
      ['stopRun', { run: 1, as: 'interrupted' }],
      ['startRun', { file: 'x.ts', workflow: 'x', payload: {} }],
      ['rerun', { run: 1, request: { select: 'some' } }],
      ['newWorkflow', { name: '' }],
      ['openRecent', { token: { $ne: '' } }],
      ['getTimeline', { run: 1, columns: 5000 }],
    ];
    for (const [method, args] of wrong) {
      const refused = await (page[method] as (args: unknown) => Promise<unknown>)(args).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused, `${method} ${JSON.stringify(args)}`).toBeInstanceOf(Error);
      expect((refused as Error).message).toMatch(new RegExp(`^${method}: .{3,300}$`));
      expect((refused as Error).stack).not.toMatch(/\/host\//);
    }
    expect(studio.defects).toEqual([]);
  });

  test('rejects for a run that is not there, and says so', async () => {
    const { wire } = await connected();
    const page = wire.page();
    const reads: Partial<Record<keyof StudioApi, unknown>> = {
      getRun: { run: 5 },
      watchRun: { run: 5 },
      getBatch: { run: 5, scope: 1 },
      getItems: { run: 5, scope: 1 },
      getLogs: { run: 5, after: 0, limit: 10 },
      getState: { run: 5 },
      getSharedState: { run: 5 },
      getProblems: { run: 5 },
      getTimeline: { run: 5, columns: 100 },
      getOverlay: { run: 5, node: 1, by: 'duration' },
      getHistory: { run: 5 },
      listBatches: { run: 5, node: 1, where: {}, sort: 'index', offset: 0, limit: 10 },
    };
    for (const [method, args] of Object.entries(reads)) {
      await expect(
        (page[method as keyof StudioApi] as (args: unknown) => Promise<unknown>)(args),
        method,
      ).rejects.toThrow('There is no run 5 in this workspace.');
    }
    for (const method of ['resumeRun', 'stopRun', 'planRerun', 'rerun'] as const) {
      const outcome = await (page[method] as (args: unknown) => Promise<unknown>)({
        run: 5,
        as: 'cancelled',
        request: { select: 'failed' },
      });
      expect(outcome, method).toMatchObject({
        ok: false,
        problem: { message: 'There is no run 5 in this workspace.' },
      });
    }
  });

  test('survives any value in the place of arguments', async () => {
    const { wire, studio } = await connected();
    for (const method of Object.keys(METHODS).filter(name => name !== 'newWorkflow')) {
      for (const args of [
        [],
        [undefined],
        [null],
        [{}],
        [{ run: {} }],
        [[[]]],
        [{ run: 1e308 }],
        [{ toString: null }],
        [new Date(Number.NaN)],
        [{ run: 99, node: 1, scope: 1, file: '\0', token: '\0' }],
      ]) {
        wire.say({ t: 'q', i: `${method} ${JSON.stringify(args)}`, m: method, a: args });
      }
    }
    await studio.until('all are answered', () => wire.answers.length === (Object.keys(METHODS).length - 1) * 10);
    expect(await wire.page().hello({})).toMatchObject({ protocol: PROTOCOL });
    expect(studio.defects).toEqual([]);
  });

  test('tells a page what happens, and what it watches, and nothing after it has gone', async () => {
    const project = new Project({
      'slow.ts': Project.workflow(
        `cronflow.define({ id: 'slow' }).forEach('each', [1, 2, 3, 4, 5, 6, 7, 8], (item, flow) => { flow.step('wait', () => sleep(60)); });`,
      ),
    });
    const studio = await Studio.open(project);
    const [one, two] = [new Wire(), new Wire()];
    const disconnect = connect(studio.host, one.host);
    onTestFinished(disconnect);
    onTestFinished(connect(studio.host, two.host));
    const heard: Record<string, string[]> = { one: [], two: [] };
    const hearing = (who: string) =>
      Object.fromEntries(
        ['onDelta', 'onRun', 'onWorkspace', 'onLogs', 'onResync'].map(event => [
          event,
          () => {
            heard[who]?.push(event);
          },
        ]),
      ) as Record<EventName, () => void>;
    const page = one.page(hearing('one'));
    two.page(hearing('two'));
    const run = await studio.start('slow.ts');
    expect((await page.watchRun({ run })).run).toBe(run);
    await studio.until(
      'the first page has heard of its run',
      () => heard.one?.includes('onDelta') && heard.two?.includes('onRun'),
    );
    expect(heard.two).not.toContain('onDelta');
    disconnect();
    const before = one.sent.length;
    await studio.ended(run);
    await turn(100);
    expect(one.sent.length).toBe(before);
    one.say({ t: 'q', i: 'late', m: 'hello', a: [{}] });
    await turn();
    expect(one.sent.length).toBe(before);
  });
});

describe('the text of a message', () => {
  test('keeps dates, bytes, typed arrays, absent members and errors', () => {
    const message = {
      at: new Date(5),
      bytes: Uint8Array.of(1, 2, 255),
      words: Uint32Array.of(4_000_000_000),
      floats: Float32Array.of(0.5),
      none: undefined,
      of: [Number.NaN, -0, 1n],
    };
    expect(unpack(pack(message))).toEqual(message);
    const error = unpack(pack(Object.assign(new Error('It is so.'), { name: 'RequestError' })));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'RequestError', message: 'It is so.' });
  });

  test('a million statuses make a text in well under a second', () => {
    const statuses = new Uint8Array(1_000_000).fill(2);
    const from = performance.now();
    const back = unpack(pack({ statuses })) as { statuses: Uint8Array };
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(Buffer.compare(back.statuses, statuses)).toBe(0);
  });
});
