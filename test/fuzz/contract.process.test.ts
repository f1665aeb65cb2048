import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { METHODS, type MethodName } from '../../host/api/api.ts';
import { connect, type Channel } from '../../host/api/connect.ts';
import { pack, unpack } from '../../host/api/wire.ts';
import { Studio } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { Bench, workflow } from '../support/runs.ts';
import { ODD_TEXTS, oddValue } from './odd-values.ts';
import { dearSearch, search, timeout } from './runs.ts';

/*
 * What a page may say to the host, and what else may come by the same way. Each call gets one answer, which is what the
 * contract says or one sentence; everything else is dropped; and the host is as well as before.
 */

interface Answer {
  readonly i: string;
  readonly r?: unknown;
  readonly e?: unknown;
}

/** A page that says anything at all. */
class Anyone {
  readonly answers = new Map<string, Answer[]>();
  readonly #channel: Channel;
  #hear: (message: unknown) => void = () => undefined;
  readonly #waiting = new Map<string, () => void>();
  #calls = 0;

  constructor() {
    this.#channel = {
      // As the WebSocket has it: what cannot be packed cannot be sent.
      send: message => {
        const { t, i } = unpack(pack(message)) as { t: string } & Answer;
        if (t !== 's') return;
        this.answers.set(i, [...(this.answers.get(i) ?? []), unpack(pack(message)) as Answer]);
        this.#waiting.get(i)?.();
      },
      onMessage: hear => {
        this.#hear = hear;
      },
    };
  }

  connect(studio: Studio): this {
    onTestFinished(connect(studio.host, this.#channel));
    return this;
  }

  say(message: unknown): void {
    this.#hear(message);
  }

  call(method: string, args: unknown[]): string {
    const id = `call-${++this.#calls}`;
    this.say({ t: 'q', i: id, m: method, a: args });
    return id;
  }

  async answer(id: string): Promise<Answer> {
    if (!this.answers.has(id))
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('There was no answer within 20 s.')), 20_000);
        this.#waiting.set(id, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    const [first] = this.answers.get(id) ?? [];
    if (!first) throw new Error('There was no answer.');
    return first;
  }
}

/** A workspace with a run that has failed, which nothing here may carry on with: its file is no workflow of the workspace. */
async function opened(): Promise<{ studio: Studio; anyone: Anyone; project: Project }> {
  const project = new Project();
  const bench = new Bench();
  await bench.run(
    workflow(flow =>
      flow.batch('work', { items: [1, 2, 3, 4, 5], size: 2 }, (items, flow) => {
        flow.step('do', ctx => {
          ctx.state.set('seen', items);
          if (items[0] === 3) throw new Error('three');
          return items;
        });
      }),
    ),
  );
  project.write('.cronflow/x', '');
  bench.db.exec(`vacuum into '${project.storeFile}'`);
  const studio = await Studio.open(project);
  return { studio, anyone: new Anyone().connect(studio), project };
}

const text = fc.oneof(
  fc.constantFrom(...ODD_TEXTS, 'work', 'seen', 'work/do'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const number = fc.oneof(
  fc.integer({ min: -1, max: 6 }),
  fc.constantFrom(
    0,
    1,
    2,
    100,
    1_000,
    4_000,
    5_001,
    2 ** 31,
    2 ** 53 - 1,
    2 ** 53,
    1e300,
    -1e300,
    0.5,
    Number.NaN,
    Infinity,
  ),
);
const cause = fc.record({ node: fc.oneof(fc.constantFrom(1, 2, 3), number), group: text });
/** What each member of some method's arguments may be, and often is. */
const MEMBERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  run: fc.constantFrom(1, 1, 1, 2, 0, -1),
  values: fc.boolean(),
  node: fc.oneof(fc.constantFrom(1, 2, 3), number, text),
  scope: number,
  item: number,
  parent: number,
  index: number,
  batch: number,
  worker: number,
  attempt: number,
  session: number,
  pass: number,
  before: number,
  after: fc.oneof(number, fc.record({ scope: number, item: number })),
  from: number,
  to: number,
  approved: fc.boolean(),
  reason: text,
  columns: fc.constantFrom(10, 100, 4_000, 9),
  answers: fc.record(
    {
      renamed: fc.array(fc.record({ from: text, to: text }), { maxLength: 3 }),
      discard: fc.array(text, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  ),
  setAside: fc.record(
    {
      items: fc.oneof(fc.constant('found'), fc.array(fc.record({ scope: number, item: number }), { maxLength: 3 })),
      reason: text,
    },
    { requiredKeys: ['items'] },
  ),
  takeBack: fc.oneof(
    fc.constant('all'),
    fc.array(
      fc.record({ scope: number, item: number, value: text, shown: text }, { requiredKeys: ['scope', 'item'] }),
      { maxLength: 3 },
    ),
  ),
  what: text,
  instead: number,
  id: number,
  receipt: fc.oneof(text, fc.constantFrom('null', '{"id":1}', '{')),
  offset: number,
  limit: fc.constantFrom(1, 100, 500, 1_000, 0),
  concurrency: number,
  line: number,
  column: number,
  where: fc.oneof(
    fc.record(
      {
        statuses: fc.subarray<unknown>(['failed', 'succeeded', 'waiting', 'running', 'gone']),
        group: text,
        search: text,
        workers: fc.array(number, { maxLength: 3 }),
        ranges: fc.array(fc.tuple(number, number), { maxLength: 3 }),
        cause,
      },
      { requiredKeys: [] },
    ),
    oddValue,
  ),
  other: fc.constantFrom(1, 2, 0),
  against: fc.constantFrom('before', 'first'),
  cause: fc.oneof(cause, oddValue),
  of: fc.oneof(cause, fc.record({ search: text }), oddValue),
  scopes: fc.oneof(
    fc.array(fc.nat(200), { maxLength: 20 }).map(scopes => Uint32Array.from(scopes)),
    oddValue,
  ),
  expression: fc.oneof(fc.constantFrom('item', 'output.total > 1', 'step("Tidy").output', 'item ='), text),
  format: fc.constantFrom('jsonl', 'csv', 'xlsx', 'xml'),
  items: fc.constantFrom('failed', 'set-aside', 'all', 'none'),
  head: fc.boolean(),
  request: fc.oneof(
    fc.record(
      {
        select: fc.constantFrom<unknown>('failed', 'all', {}, { ranges: [[0, 9]] }, 'some'),
        node: text,
        items: fc.oneof(text, fc.json()),
        fromStart: fc.boolean(),
        tryOne: fc.boolean(),
      },
      { requiredKeys: ['select'] },
    ),
    oddValue,
  ),
  batches: fc.array(number, { maxLength: 3 }),
  allow: fc.boolean(),
  smallest: fc.boolean(),
  field: text,
  sort: fc.constantFrom('index', 'duration', 'attempts', 'waited', 'status', 'scope; --'),
  by: fc.constantFrom('duration', 'attempt', 'cause', 'worker', 'times', 'odd'),
  direction: fc.constantFrom('next', 'previous', ''),
  as: fc.constantFrom('cancelled', 'paused', 'interrupted'),
  file: fc.oneof(text, fc.uint8Array({ maxLength: 200 })),
  workflow: text,
  payload: fc.oneof(text, fc.json()),
  name: text,
  search: text,
  token: text,
  question: text,
  title: text,
  note: text,
  pinned: fc.boolean(),
  on: fc.boolean(),
  onQueue: fc.boolean(),
  levels: fc.array(fc.constantFrom('info', 'warn', 'error', ''), { maxLength: 3 }),
  key: text,
  path: fc.oneof(fc.constantFrom('orders', 'clean'), text),
  full: fc.boolean(),
  descending: fc.boolean(),
  statuses: fc.subarray<unknown>(['failed', 'running', 'gone']),
};
/** These would change the run, or start a process: they are called on runs that there are not. */
const ACTS: ReadonlySet<string> = new Set([
  'stopRun',
  'setTriggers',
  'answerWait',
  'resumeRun',
  'rerun',
  'climb',
  'setConcurrency',
  'drainWorker',
  'deleteRun',
  'getCodeOrData',
  'startRun',
  'startDemo',
  'openInEditor',
  'findItems',
  'checkItems',
  'getValues',
  'shrinkItem',
  'pinItem',
  'debugBatch',
  'tryCorrections',
]);

/** The first takes seconds: the new file is looked for. After the second, every call that executes something is refused. */
const LEFT_OUT: ReadonlySet<string> = new Set(['newWorkflow', 'distrustFolder']);

const call = fc
  .constantFrom(...(Object.keys(METHODS) as MethodName[]).filter(name => !LEFT_OUT.has(name)))
  .chain(method => {
    const members = Object.keys(METHODS[method].args.shape);
    const likely = fc.record(
      Object.fromEntries(
        members.map(member => [
          member,
          fc.oneof({ weight: 9, arbitrary: MEMBERS[member] ?? oddValue }, { weight: 1, arbitrary: oddValue }),
        ]),
      ),
      { requiredKeys: members },
    );
    const args = fc.oneof(
      { weight: 6, arbitrary: likely },
      {
        weight: 1,
        arbitrary: fc.record(Object.fromEntries(members.map(member => [member, MEMBERS[member] ?? oddValue])), {
          requiredKeys: [],
        }),
      },
      { weight: 1, arbitrary: oddValue },
    );
    return args.map(given => ({
      method,
      args:
        ACTS.has(method) && typeof given === 'object' && given !== null && 'run' in given
          ? { ...given, run: 77 }
          : given,
    }));
  });

test(
  'each call gets one answer: what the contract says, or a sentence',
  async () => {
    const { studio, anyone } = await opened();
    let [results, refusals] = [0, 0];
    await fc.assert(
      fc.asyncProperty(call, async ({ method, args }) => {
        const id = anyone.call(method, [args]);
        const { r, e } = await anyone.answer(id);
        if (e === undefined) {
          results += 1;
          const parsed = METHODS[method].result.safeParse(r);
          expect(parsed.error?.message).toBeUndefined();
          // What could not be done is told in a sentence, too.
          if (typeof r === 'object' && r !== null && 'ok' in r && r.ok === false)
            expect((r as unknown as { problem: { message: string } }).problem.message).toMatch(/^[^]{10,2000}$/);
        } else {
          refusals += 1;
          expect(e).toBeInstanceOf(Error);
          expect((e as Error).message).toMatch(/^[^]{5,400}$/);
          expect(`${(e as Error).message}`).not.toMatch(/\/host\/|\/engine\/|\bat .*:\d+:\d+/);
        }
        expect(anyone.answers.get(id)).toHaveLength(1);
      }),
      search(200),
    );
    expect(studio.defects).toEqual([]);
    expect(results).toBeGreaterThan(20);
    expect(refusals).toBeGreaterThan(20);
    // The run is as it was.
    expect(await studio.api.getRun({ run: 1 })).toMatchObject({
      item: { status: 'failed', batches: { total: 3, failed: 1 } },
      sessions: [{ kind: 'start' }],
    });
  },
  timeout,
);

test(
  'a new workflow of any name lies in the workspace, under a name that any system can have',
  async () => {
    const { studio, project } = await opened();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom('../../up', 'con', '/etc/passwd', '*/'),
          text.filter(name => name.length > 0 && name.length <= 80),
        ),
        async name => {
          const before = new Set(readdirSync(project.folder));
          const made = await studio.api.newWorkflow({ name });
          expect(made).toMatchObject({
            ok: true,
            value: { file: expect.stringMatching(/^[a-z0-9-]{1,70}\.ts$/) as unknown },
          });
          expect(readdirSync(project.folder).filter(file => !before.has(file) && file.endsWith('.ts'))).toHaveLength(1);
        },
      ),
      dearSearch(1),
    );
  },
  timeout,
);

test(
  'whatever else comes is dropped, or answered as a call that there is not',
  async () => {
    const { studio, anyone } = await opened();
    const names = fc.oneof(
      fc.constantFrom(
        'hello',
        'constructor',
        '__proto__',
        'toString',
        'then',
        '$close',
        '$functions',
        '__defineGetter__',
        'hasOwnProperty',
        'onRun',
      ),
      text,
    );
    const message = fc.oneof(
      oddValue,
      fc.json().map(json => JSON.parse(json) as unknown),
      fc.record(
        {
          t: fc.oneof(fc.constantFrom<unknown>('q', 's', 'x'), oddValue),
          i: fc.oneof(fc.constantFrom<unknown>('id', 5, undefined), oddValue),
          m: fc.oneof(names, oddValue),
          a: fc.oneof(fc.constantFrom<unknown>([], [{}], {}), oddValue),
          o: fc.oneof(fc.constantFrom<unknown>(true, undefined), oddValue),
          r: oddValue,
          e: oddValue,
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(message, fc.integer({ min: 0, max: 20 }), async (said, alive) => {
        anyone.say(said);
        // Each answers as before; asked now and then, for it takes a turn.
        if (alive === 0)
          expect((await anyone.answer(anyone.call('hello', [{}]))).r).toMatchObject({
            protocol: METHODS.hello ? (expect.any(Number) as unknown) : undefined,
          });
      }),
      search(500),
    );
    expect((await anyone.answer(anyone.call('hello', [{}]))).r).toMatchObject({ shell: 'browser' });
    expect(studio.defects).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
  timeout,
);

test(
  'a text that is cut, or has other letters in it, is a message or none',
  () => {
    const letters = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      '0',
      '1',
      '-7',
      '4294967295',
      '"__proto__"',
      '"Error"',
      '"Map"',
      '"t"',
      '"q"',
    );
    const changed = fc
      .tuple(oddMessage(), fc.nat(), letters)
      .map(
        ([packed, at, letter]) =>
          packed.slice(0, at % (packed.length + 1)) + letter + packed.slice((at % (packed.length + 1)) + 1),
      );
    fc.assert(
      fc.property(
        fc.oneof(
          changed,
          fc.string({ maxLength: 30 }),
          fc.json(),
          fc.array(letters, { maxLength: 20 }).map(of => of.join('')),
        ),
        said => {
          let message: unknown;
          try {
            message = unpack(said);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            return;
          }
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
          expect((Object.prototype as unknown as Record<string, unknown>).polluted).toBeUndefined();
          void message;
        },
      ),
      search(300),
    );
  },
  timeout,
);

function oddMessage(): fc.Arbitrary<string> {
  // A member named __proto__ is what no text can say, by devalue's own rule; of the contract's messages none has
  // members that a user names.
  const value = fc.jsonValue().filter(given => !JSON.stringify(given).includes('"__proto__":'));
  return fc.record({ t: fc.constant('q'), i: text, m: text, a: fc.array(value, { maxLength: 2 }) }).map(pack);
}

test('the contract has no method whose arguments this does not know', () => {
  const unknown = Object.values(METHODS)
    .flatMap(({ args }) => Object.keys(args.shape))
    .filter(member => !(member in MEMBERS));
  expect(unknown).toEqual([]);
});
