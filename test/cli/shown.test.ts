import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { graphText } from '../../cli/view/graph.ts';
import { asTyped } from '../../cli/hints.ts';
import { formatLogs, PlainView } from '../../cli/view/live.ts';
import { summaryText } from '../../cli/view/summary.ts';
import { Titles } from '../../cli/view/titles.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { inProcess } from '../support/in-process.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/* What people read, line by line. */

const HERE = fileURLToPath(import.meta.url);
/** A source in which each line says which it is: the one that is shown can be told. */
const NUMBERED = Array.from({ length: 2_000 }, (_, index) => `source line ${index + 1}`).join('\n');

beforeEach(() => {
  vi.stubEnv('npm_lifecycle_event', 'cronflow');
  vi.stubEnv('INIT_CWD', temporaryFolder());
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs a workflow, and gives what its caller reads in the end. */
async function told(
  definition: Definition,
  bench = new Bench({ code: { hash: 'x', sources: [{ path: HERE, text: NUMBERED, hash: 'y' }] } }),
): Promise<string> {
  const summary = await bench.run(definition);
  return summaryText(bench.db, bench.file, drawGraph(definition), summary);
}

const EGGS: { id: 'eggs'; title: string; unit: [string, string] } = {
  id: 'eggs',
  title: 'Look at the eggs',
  unit: ['egg', 'eggs'],
};

describe('how a run has ended', () => {
  test('failures of a forEach are counted in what the author counts', async () => {
    const text = await told(
      workflow(flow =>
        flow.forEach(EGGS, [1, 2, 3], (egg, body) => {
          body.step('look', () => {
            if (egg > 1) throw new Error(`egg ${egg} is bad`);
          });
        }),
      ),
    );
    expect(text).toMatch(/^✕ test: 2 of 3 eggs failed \(run 1, /);
    expect(text).toContain('  Look at the eggs: 3 eggs = 1 done + 2 failed\n');
    expect(text).toContain('  ✕ 2 eggs of Look at the eggs: egg … is bad (');
    expect(text).toContain('\n    eggs #1-2\n');
    expect(text).toContain('  Fix the cause, then re-run the failed eggs:\n    npm run cronflow -- rerun 1 --store ');
  });

  test('those of a batch node are counted in batches, and one is called one', async () => {
    const text = await told(
      workflow(flow =>
        flow.batch(EGGS, { items: [1, 2, 3], size: 2 }, ([egg], body) => {
          body.step('look', () => {
            if (egg === 3) throw new Error('bad');
          });
        }),
      ),
    );
    expect(text).toMatch(/^✕ test: 1 of 2 batches failed /);
    expect(text).toContain('  ✕ 1 batch of Look at the eggs: bad (');
    expect(text).toContain('\n    batch #1\n');
  });

  test('a line that several causes come from is shown once', async () => {
    const text = await told(
      workflow(flow =>
        flow.forEach(EGGS, [1, 2, 3], (egg, body) => {
          body.step('look', () => {
            throw egg === 2 ? new TypeError('no egg') : new Error('bad egg');
          });
        }),
      ),
    );
    expect(text.match(/✕ \d eggs? of/g)).toHaveLength(2);
    expect(text.match(/^ {4}> *\d+ \| source line \d+$/gm)).toHaveLength(1);
  });

  test('a step outside of batches is told by its title with its line, also where batches have failed before it', async () => {
    const text = await told(
      workflow(flow =>
        flow
          .forEach(
            EGGS,
            [1, 2],
            (egg, body) => {
              body.step('look', () => {
                if (egg === 1) throw new Error('bad');
              });
            },
            { tolerateFailures: 'all' },
          )
          .step({ id: 'sell', title: 'Sell them' }, () => {
            throw new Error('the shop is closed');
          }),
      ),
    );
    expect(text).toContain('  ✕ Sell them: the shop is closed (');
    const [line] = /shown\.test\.ts:(\d+)\)\n {4}/.exec(text.slice(text.indexOf('Sell them')))?.slice(1) ?? [];
    expect(text).toMatch(new RegExp(`> *${line} \\| source line ${line}$`, 'm'));
    expect(text).toContain('Fix the cause, then re-run the failed step and the failed eggs:');
  });

  test('a while that runs too long is told by its name', async () => {
    const text = await told(
      workflow(flow =>
        flow.while(
          { id: 'poll', title: 'Knock at the door' } as never,
          () => true,
          body => {
            body.step('knock', () => 1);
          },
          { maxRounds: 2 },
        ),
      ),
    );
    expect(text).toContain('  ✕ the condition of Knock at the door: while "poll" has gone 2 rounds');
    expect(text).not.toContain('?:');
  });

  test('failures that were tolerated can be looked at and run again', async () => {
    const text = await told(
      workflow(flow =>
        flow.forEach(
          EGGS,
          [1, 2],
          (egg, body) => {
            body.step('look', () => {
              if (egg === 1) throw new Error('bad');
            });
          },
          { tolerateFailures: 'all' },
        ),
      ),
    );
    expect(text).toMatch(/^✓ test: completed /);
    expect(text).toMatch(
      /\n {2}The run went on without the failed eggs\. To look at them, and to re-run them:\n {4}npm run cronflow -- show 1 --batches failed --store \S+\n {4}npm run cronflow -- rerun 1 --store \S+$/,
    );
  });

  test('of a stream that was stopped the count is not all', async () => {
    const bench = new Bench();
    const definition = workflow(flow =>
      flow.batch(
        EGGS,
        {
          items: function* () {
            for (let n = 0; ; n += 1) yield n;
          },
          size: 1,
        },
        ([egg], body) => {
          body.step('look', () => {
            if (egg === 3) going.run.stopping.request({ as: 'cancelled', reason: 'enough' });
          });
        },
      ),
    );
    const going = await bench.start(definition);
    const text = summaryText(bench.db, bench.file, drawGraph(definition), await going.done);
    expect(text).toMatch(/ {2}Look at the eggs: \d eggs so far = 4 done/);
  });
});

describe('while a run goes on', () => {
  const graph = drawGraph(
    workflow(flow =>
      flow.batch(EGGS, { items: [1, 2], size: 1 }, (_, body) => {
        body.step({ id: 'look', title: 'Look at it' }, () => 1).step('weigh', () => 1);
      }),
    ),
  );
  const line = { at: 0, level: 'info', text: 'fresh' };

  test('lines are said by titles, and by paths where there are none', () => {
    const said = formatLogs(
      [
        { ...line, step: 'eggs/look', batch: 1 },
        { ...line, step: 'eggs/weigh', batch: 0 },
        { ...line, step: 'eggs' },
        line,
      ],
      0,
      new Titles(graph),
    );
    expect(said).toEqual(['  Look at it #1: fresh', '  eggs/weigh #0: fresh', '  Look at the eggs: fresh', '  fresh']);
  });

  test('several lines stay several, indented, and with nothing in them that moves the cursor', () => {
    const text = `┌───┐\n│ a │\r\n\u001b[2J✓ completed${'\n'.repeat(200)}end`;
    const said = formatLogs([{ ...line, step: 'eggs/weigh', batch: 0, text }], 0, new Titles(graph));
    expect(said.slice(0, 4)).toEqual(['  eggs/weigh #0: ┌───┐', '      │ a │', '      ✓ completed', '      ']);
    expect(said).toHaveLength(102);
    expect(said.at(-1)).toBe('      … 102 more lines');
  });

  test('lines that are left out are counted', () => {
    expect(formatLogs([], 1_200, undefined)).toEqual([
      '  … 1,200 more lines, stored with the run: see them in the Studio',
    ]);
  });

  test('what is done and what has failed are counted in the same', () => {
    const notes: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      notes.push(String(text));
      return true;
    });
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const view = new PlainView();
    view.started({ run: 1, graph });
    now.mockReturnValue(6_000);
    const items = {
      total: 3_000,
      succeeded: 1_200,
      failed: 300,
      running: 0,
      waiting: 1_500,
      cancelled: 0,
      setAside: 0,
    };
    view.progress({
      items,
      batches: items,
      nodes: [{ path: 'eggs', items, batches: { ...items, failed: 3 }, complete: false }],
    });
    vi.restoreAllMocks();
    expect(notes).toEqual(['test: run 1\n', 'Look at the eggs: 1,500 of 3,000 or more eggs, 300 failed\n']);
  });
});

test('list keeps titles and ids apart, and says of what and how long', () => {
  const definition = workflow(flow =>
    flow
      .step({ id: 'load', title: 'Load them' }, () => [1])
      .batch(EGGS, { items: [1], size: 1_000 }, (_, body) => {
        body.step('look', () => 1).timeout('2s');
      })
      .forEach('crate', [1], () => undefined)
      .forEach({ id: 'box', unit: ['box', 'boxes'] }, [1], () => undefined)
      .sleep('1500ms'),
  );
  expect(graphText(drawGraph(definition), HERE).split('\n').slice(1)).toEqual([
    '  step     Load them · load',
    '  batch    Look at the eggs · eggs (size 1,000 eggs, concurrency 1, onBatchError continue)',
    '    step     look (timeout 2.0 s)',
    '  forEach  crate (concurrency 1, onBatchError continue)',
    '  forEach  box (each box, concurrency 1, onBatchError continue)',
    '  sleep    sleep-1 (1.5 s)',
  ]);
});

describe('commands in messages', () => {
  test.each([
    [
      'There is no run 5 in this store. List them with: cronflow runs',
      'There is no run 5 in this store. List them with: npm run cronflow -- runs --store a.db',
    ],
    [
      'To run batches again: cronflow rerun 3 --batches all',
      'To run batches again: npm run cronflow -- rerun 3 --batches all --store a.db',
    ],
    [
      'cronflow run needs a workflow file. See cronflow --help.',
      'cronflow run needs a workflow file. See npm run cronflow -- --help.',
    ],
    ['Run the file: cronflow run <file> --workflow w', 'Run the file: npm run cronflow -- run <file> --workflow w'],
    ['the author said: cronflow is nice, and more', 'the author said: cronflow is nice, and more'],
  ])('%s', (message, shown) => {
    const store = path.join(process.env.INIT_CWD ?? '', 'a.db');
    expect(asTyped(message, store)).toBe(shown);
  });

  test('are those of whoever calls: npx, a checkout, an installed command', () => {
    const typed = (lifecycle: string, script: string) => {
      vi.stubEnv('npm_lifecycle_event', lifecycle);
      const [node = '', before = ''] = process.argv;
      process.argv[1] = script;
      try {
        return asTyped('See cronflow --help.');
      } finally {
        process.argv.splice(0, 2, node, before);
      }
    };
    expect(typed('npx', '/x/node_modules/.bin/cronflow')).toBe('See npx cronflow --help.');
    expect(typed('', '/usr/local/bin/cronflow')).toBe('See cronflow --help.');
    expect(typed('', '/x/node_modules/cronflow/bin/cronflow.mjs')).toBe('See cronflow --help.');
    expect(typed('', path.join(process.cwd(), 'bin', 'cronflow.mjs'))).toBe(
      `See node ${path.join('bin', 'cronflow.mjs')} --help.`,
    );
  });
});

describe('a run that has failed', () => {
  test('is not cancelled over', async () => {
    const bench = new Bench();
    await bench.run(
      workflow(flow =>
        flow.step('break', () => {
          throw new Error('broken');
        }),
      ),
    );
    cancelAtRest(bench.db, 1, 'asked for', 1);
    expect(bench.db.prepare('select status, reason from runs').get()).toEqual({ status: 'failed', reason: null });
  });

  test('is refused by cancel, with what can be done instead', async () => {
    const bench = new Bench();
    await bench.run(
      workflow(flow =>
        flow.step('break', () => {
          throw new Error('broken');
        }),
      ),
    );
    const cancel = await inProcess('cancel', '1', '--store', bench.file);
    expect(cancel).toEqual({
      code: 2,
      stdout: '',
      stderr: `Run 1 has failed: nothing of it is running that could be cancelled. ${asTyped('To re-run what failed: cronflow rerun 1', bench.file)}\n`,
    });
    expect(bench.db.prepare('select status from runs').get()).toEqual({ status: 'failed' });
  });
});
