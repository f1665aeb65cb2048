import fc from 'fast-check';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { batchSelection, payloadOf } from '../../cli/arguments.ts';
import { UsageError } from '../../cli/usage.ts';
import { main } from '../../cli/main.ts';
import { Bench, workflow } from '../support/runs.ts';
import { ODD_TEXTS } from './odd-values.ts';
import { dearSearch, search, timeout } from './runs.ts';

/*
 * Whatever is typed after `cronflow`: it is done, or one message says what is wrong with it. Never our stack, and exit
 * codes as documented.
 */

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-typed-')));
const CODES = [0, 1, 2, 3, 130];
const OURS = /^\s+at .*:\d+|node:internal|\/engine\/|\/host\/|Node\.js v/m;

beforeAll(async () => {
  writeFileSync(
    path.join(folder, 'flow.ts'),
    "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'flow' }).forEach('each', [1, 2, 3], (n, flow) => { flow.step('do', () => n); });\n",
  );
  writeFileSync(path.join(folder, 'payload.json'), '{"a":[1,');
  writeFileSync(path.join(folder, 'text.db'), 'This is no database. '.repeat(300));
  mkdirSync(path.join(folder, 'empty'));
  // A workspace whose folder of runs is a file.
  mkdirSync(path.join(folder, 'blocked'));
  writeFileSync(path.join(folder, 'blocked', '.cronflow'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A command in this process, called from the folder as npm calls it. */
async function typed(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  vi.stubEnv('npm_lifecycle_event', 'cronflow');
  vi.stubEnv('INIT_CWD', folder);
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map(stream =>
    vi.spyOn(process[stream], 'write').mockImplementation(text => {
      said[stream] += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function expectAnswer(args: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await typed(args);
  expect(CODES).toContain(code);
  expect(`${stdout}${stderr}`).not.toMatch(OURS);
  if (code === 2 && stdout === '') expect(stderr.trim().length).toBeGreaterThan(10);
  // What asks for JSON gets nothing else.
  if (
    args.includes('--json') &&
    !args.includes('--help') &&
    !args.includes('-h') &&
    args[0] !== 'help' &&
    args[0] !== ''
  )
    for (const line of stdout.split('\n').filter(line => line !== ''))
      expect(() => JSON.parse(line) as unknown, line).not.toThrow();
  return code;
}

// A system takes no zero in an argument.
const word = fc
  .oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 12 }))
  .map(text => text.replaceAll('\0', ''));
const run = fc.oneof(fc.constantFrom('1', '2', '3', '4', '99', '0', '-1', '1.5', '1e3', '9'.repeat(30)), word);
const places = fc.oneof(
  fc.constantFrom(
    'failed',
    'all',
    '0',
    '0,4,7-9',
    '9-1',
    '0-999999999999999',
    '0-9999999,10000000-19999999',
    ','.repeat(50),
    '-1',
  ),
  word,
);
const store = fc.oneof(
  { weight: 6, arbitrary: fc.constant('runs.db') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'text.db',
      'empty',
      'flow.ts',
      'nowhere/runs.db',
      '/dev/null',
      'flow.ts/runs.db',
      'x'.repeat(300),
      `${'x/'.repeat(300)}runs.db`,
    ),
  },
  { weight: 1, arbitrary: word },
);
const option = (name: string, of: fc.Arbitrary<string>) =>
  fc.oneof(
    of.map(value => [`--${name}`, value]),
    of.map(value => [`--${name}=${value}`]),
  );
const flags = fc
  .subarray([
    '--json',
    '--from-start',
    '--help',
    '-h',
    '--',
    '--no-json',
    '--json=1',
    '--jsn',
    '-j',
    '---',
    '--=',
    '--__proto__',
    '--constructor=1',
  ])
  .map(of => of.slice(0, 2));

/** Commands that need no process of their own. */
const commands: fc.Arbitrary<string[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.oneof(
          { weight: 3, arbitrary: run.map(of => ['show', of]) },
          { weight: 3, arbitrary: run.map(of => ['rerun', of, '--dry-run']) },
          { weight: 3, arbitrary: run.map(of => ['resume', of, '--dry-run']) },
          fc.constant(['runs']),
          run.map(of => ['cancel', of]),
          run.map(of => ['cancel', of, '--dry-run']),
          word.map(of => [of]),
          fc
            .tuple(
              fc.constantFrom('show', 'runs', 'cancel', 'help', '__proto__', 'constructor', 'shwo', 'serv'),
              word,
              word,
            )
            .map(of => [...of]),
        ),
        fc.oneof(option('batches', places), option('node', word), option('limit', fc.oneof(run)), fc.constant([])),
        fc.oneof({ weight: 4, arbitrary: option('store', store) }, { weight: 1, arbitrary: fc.constant([]) }),
        flags,
      )
      .map(([command, one, other, flagged]) => [...command, ...one, ...other, ...flagged]),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      // With an option that they do not have they do nothing else.
      fc
        .tuple(fc.constantFrom('run', 'resume', 'rerun', 'list', 'studio', 'serve', 'new'), word)
        .map(of => [...of, '--no-such-option']),
      fc.constantFrom<string[]>(
        ['serve', '--port', 'x'],
        ['serve', '--port', '70000'],
        ['serve', 'nowhere'],
        ['studio', 'flow.ts'],
        ['serve', '.', '--store', 'runs.db'],
        ['new'],
        ['new', 'flow.ts'],
        ['new', 'flow.ts/inside'],
        ['new', 'x'.repeat(300)],
      ),
      fc
        .tuple(
          fc.constant('run'),
          fc.constant('flow.ts'),
          fc.constantFrom(
            '--payload={',
            '--payload-file=payload.json',
            '--payload-file=nowhere',
            '--payload-file=empty',
            `--payload=${'['.repeat(100_000)}${']'.repeat(100_000)}`,
            '--payload={"__proto__":1}',
          ),
        )
        .map(of => [...of]),
    ),
  },
);

test(
  'whatever is typed gets an answer',
  async () => {
    const bench = new Bench();
    const definition = workflow(flow =>
      flow.forEach('each', [1, 2, 3], (n, flow) => {
        flow.step('do', () => {
          if (n === 2) throw new Error('two');
          return n;
        });
      }),
    );
    for (let of = 0; of < 3; of++) await bench.run(definition);
    bench.db.exec(`vacuum into '${path.join(folder, 'runs.db')}'`);
    const codes = new Set<number>();
    await fc.assert(
      fc.asyncProperty(commands, async args => {
        codes.add(await expectAnswer(args));
      }),
      search(120),
    );
    expect([...codes].toSorted()).toEqual(expect.arrayContaining([0, 2]));
  },
  timeout,
);

test(
  'also what needs a process',
  async () => {
    const file = fc.oneof(
      { weight: 2, arbitrary: fc.constant('flow.ts') },
      { weight: 1, arbitrary: fc.constantFrom('empty', 'text.db', 'x'.repeat(300)) },
      { weight: 1, arbitrary: word.filter(of => !/^\s*$|^[./~-]/.test(of)) },
    );
    const command = fc.oneof(
      fc.tuple(
        fc.constant('run'),
        file,
        fc.constantFrom(
          '--workflow=flow',
          '--workflow=__proto__',
          '--payload=[1]',
          '--json',
          `--payload=${'['.repeat(2_000)}${']'.repeat(2_000)}`,
        ),
      ),
      fc.tuple(fc.constant('list'), file),
      fc.tuple(
        fc.constantFrom('resume', 'rerun'),
        run.filter(of => !of.startsWith('-')),
        fc.constant('--store=runs.db'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(command, async args => {
        await expectAnswer(args);
      }),
      dearSearch(2),
    );
  },
  timeout,
);

describe('places of batches', () => {
  test(
    'are numbers in their order, or wrong',
    () => {
      fc.assert(
        fc.property(places, given => {
          let selection: ReturnType<typeof batchSelection>;
          try {
            selection = batchSelection(given);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            return;
          }
          if (typeof selection === 'string') expect(given).toBe(selection);
          else for (const index of selection) expect(Number.isSafeInteger(index) && index >= 0).toBe(true);
        }),
        search(200),
      );
    },
    timeout,
  );

  test('of more than a million batches are refused before they are counted out', () => {
    expect(batchSelection('0-99999')).toHaveLength(100_000);
    for (const given of ['0-1000000', '0-999999999999999', '5-9999999,10000000-19999999', '0-600000,600001-1200000'])
      expect(() => batchSelection(given)).toThrow(/names more than 1000000 batches\. Name fewer, or all\.$/);
    expect(batchSelection(Array.from({ length: 50 }, () => '0-999').join())).toHaveLength(1_000);
  });
});

test(
  'a payload is JSON, or wrong',
  () => {
    fc.assert(
      fc.property(fc.oneof(word, fc.json()), given => {
        try {
          expect(JSON.stringify(payloadOf({ payload: given }))).toBe(JSON.stringify(JSON.parse(given)));
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      search(200),
    );
  },
  timeout,
);
