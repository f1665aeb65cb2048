import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ended, Event } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { completed, guideBlocks, type Block } from './blocks.ts';

/*
 * Every code block of the guide, as it is written there, run by the command line as its reader would run it. The functions that
 * the blocks call are supplied; each notes in a ledger what it was called with.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Numbered items. */
const NUMBERED = 'const numbered = (count: number): any[] => Array.from({ length: count }, (_, id) => ({ id }));\n';
const PROCESS_BATCH = `const processBatch: any = async (batch: any) => { note({ processed: batch.length }); return { count: batch.length }; };\n`;

interface Outcome {
  readonly project: Project;
  readonly ended: Ended;
  /** What the workflow printed. */
  readonly printed: readonly string[];
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly ledger: readonly any[];
}

interface Reading {
  readonly title: string;
  /** Begins the block's code: so that a block which moves in the guide is noticed. */
  readonly begins: string;
  readonly supply: string;
  readonly payload?: object;
  readonly promise: (outcome: Outcome) => void;
}

/** What a reader of the guide expects of each block, in the guide's order. */
const READINGS: readonly Reading[] = [
  {
    title: 'simple: all users are fetched, and processed 100 at a time',
    begins: 'const batchWorkflow',
    payload: { criteria: { active: true } },
    supply: `
      const fetchAllUsers: any = async (criteria: any) => { note({ criteria }); return numbered(250); };
      const processUserBatch: any = async (batch: any) => { note({ from: batch[0].id, users: batch.length }); return batch.length; };`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([
        { criteria: { active: true } },
        { from: 0, users: 100 },
        { from: 100, users: 100 },
        { from: 200, users: 50 },
      ]);
      expect(ended.summary.items).toMatchObject({ total: 250, succeeded: 250, failed: 0 });
      expect(ended.summary.batches).toMatchObject({ total: 3, succeeded: 3 });
    },
  },
  {
    title: 'progress: each batch prints how far it has come',
    begins: 'const progressBatchWorkflow',
    supply: `const getLargeDataset: any = async () => numbered(120);\n${PROCESS_BATCH}`,
    promise({ ended, printed }) {
      expect(printed).toEqual(['Processed 50/120 items', 'Processed 100/120 items', 'Processed 120/120 items']);
      expect(ended.summary.state).toEqual({ 'processed-count': 120 });
    },
  },
  {
    title: 'error handling: a caught failure is logged, counted through flow.last.failed, and stops nothing',
    begins: 'const errorHandlingBatchWorkflow',
    supply: `
      const fetchItems: any = async () => numbered(60);
      const validateBatch: any = async (batch: any) => { note({ validated: batch.length }); return { failed: true }; };
      const processBatch: any = async (batch: any) => { if (batch[0].id === 25) throw new Error('the service said 503'); return { done: batch.length }; };
      const logFailedBatch: any = async (batch: any, error: any) => note({ failed: batch.length, because: error.message });`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([
        { validated: 25 },
        { validated: 25 },
        { failed: 25, because: 'the service said 503' },
        { validated: 10 },
      ]);
      expect(ended.summary.state).toEqual({ 'success-count': 2, 'failure-count': 1 });
      expect(ended.summary.batches).toMatchObject({ total: 3, succeeded: 3, failed: 0 });
    },
  },
  {
    title: 'parallel: five batches are in flight at a time, and each updates the cache with its own result',
    begins: 'const parallelBatchWorkflow',
    supply: `
      const fetchData: any = async () => numbered(1200);
      const processBatch: any = async (batch: any) => { note('begins'); await sleep(20); note('ends'); return { from: batch[0].id }; };
      const updateCache: any = async (result: any) => note({ cached: result.from });`,
    promise({ ledger }) {
      let [inFlight, most] = [0, 0];
      for (const entry of ledger) {
        if (entry === 'begins') most = Math.max(most, ++inFlight);
        if (entry === 'ends') inFlight -= 1;
      }
      expect(most).toBe(5);
      const cached = ledger.flatMap(entry => entry.cached ?? []).toSorted((a: number, b: number) => a - b);
      expect(cached).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100]);
    },
  },
  {
    title: 'conditional: only batches that need it are processed, the others say why not',
    begins: 'const conditionalBatchWorkflow',
    supply: `
      const fetchUsers: any = async () => numbered(150);
      const analyzeBatch: any = async (batch: any) => ({ needsProcessing: batch[0].id !== 50 });
      const processBatch: any = async (batch: any) => { note({ processes: batch[0].id }); return { processed: batch.length }; };
      const logBatchResult: any = async (result: any) => note({ result });`,
    promise({ ledger }) {
      expect(ledger).toEqual([
        { processes: 0 },
        { result: { processed: 50 } },
        { result: { skipped: true, reason: 'No processing needed' } },
        { processes: 100 },
        { result: { processed: 50 } },
      ]);
    },
  },
  {
    title: 'state: what one step sets the later ones read',
    begins: 'const statefulBatchWorkflow',
    supply: `const getInitialData: any = async () => numbered(150);\n${PROCESS_BATCH}`,
    promise({ ended, printed }) {
      // The block sets total-items to 0 and leaves it there, so that this is what it prints.
      expect(printed).toEqual(['Progress: 75/0 (Infinity%)', 'Progress: 150/0 (Infinity%)']);
      expect(ended.summary.state).toEqual({ 'total-items': 0, 'processed-items': 150, 'failed-items': 0 });
    },
  },
  {
    title: 'forEach: each user goes through all steps, one after the other',
    begins: 'const forEachWorkflow',
    supply: `
      const fetchUsers: any = async () => [{ name: 'ann' }, { name: 'bob' }];
      const validateUser: any = async (user: any) => ({ ...user, valid: true });
      const processUser: any = async (user: any) => note({ processes: user });
      const sendUserNotification: any = async (user: any) => note({ notifies: user });`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([
        { processes: { name: 'ann', valid: true } },
        { notifies: { name: 'ann' } },
        { processes: { name: 'bob', valid: true } },
        { notifies: { name: 'bob' } },
      ]);
      expect(ended.summary.items).toMatchObject({ total: 2, succeeded: 2 });
    },
  },
  {
    title: 'forEach with error handling: one bad item is logged and the others go on',
    begins: 'const forEachErrorWorkflow',
    supply: `
      const fetchItems: any = async () => numbered(4);
      const processItem: any = async (item: any) => { if (item.id === 1) throw new Error('no such item'); note({ processed: item.id }); };
      const logItemError: any = async (item: any, error: any) => note({ bad: item.id, because: error.message });`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([
        { processed: 0 },
        { bad: 1, because: 'no such item' },
        { processed: 2 },
        { processed: 3 },
      ]);
      expect(ended.summary.state).toEqual({ 'processed-count': 4 });
    },
  },
  {
    title: 'conditional forEach: each order goes down one branch and not the other',
    begins: 'const conditionalForEachWorkflow',
    supply: `
      const fetchOrders: any = async () => numbered(3);
      const checkOrderStatus: any = async (order: any) => ({ needsProcessing: order.id !== 1 });
      const processOrder: any = async (order: any) => note({ processes: order.id });
      const sendOrderConfirmation: any = async (order: any) => note({ confirms: order.id });
      const logSkippedOrder: any = async (order: any) => note({ skips: order.id });`,
    promise({ ledger }) {
      expect(ledger).toEqual([{ processes: 0 }, { confirms: 0 }, { skips: 1 }, { processes: 2 }, { confirms: 2 }]);
    },
  },
  {
    title: 'retry: waits longer each time, and after the third try onError answers for the batch',
    begins: 'const retryBatchWorkflow',
    // The block's own waits of one and two seconds, fifty times as fast.
    supply: `
      const setTimeout: any = (call: any, ms: number) => { note({ waits: ms }); return globalThis.setTimeout(call, ms / 50); };
      const tries: any = {};
      const fetchData: any = async () => numbered(250);
      const processBatch: any = async (batch: any) => {
        const from = batch[0].id;
        tries[from] = (tries[from] ?? 0) + 1;
        note({ from, try: tries[from] });
        if (from === 200 || (from === 100 && tries[from] < 3)) throw new Error('busy');
        return { from };
      };
      const logFailedBatch: any = async (batch: any, error: any) => note({ givesUp: batch[0].id, because: error.message });`,
    promise({ project, ended, ledger }) {
      expect(ledger).toEqual([
        { from: 0, try: 1 },
        { from: 100, try: 1 },
        { waits: 1000 },
        { from: 100, try: 2 },
        { waits: 2000 },
        { from: 100, try: 3 },
        { from: 200, try: 1 },
        { waits: 1000 },
        { from: 200, try: 2 },
        { waits: 2000 },
        { from: 200, try: 3 },
        { givesUp: 200, because: 'busy' },
      ]);
      expect(ended.summary.batches).toMatchObject({ total: 3, succeeded: 3, failed: 0 });
      const outputs = project.rows(
        'select s.output from batches b join steps s on s.run = b.run and s.scope = b.scope and s.attempt = b.last_attempt order by b.idx',
      );
      expect(outputs.at(-1).output).toContain('busy');
    },
  },
  {
    title: 'rate limiting: the next batch begins a second after the one before',
    begins: 'const rateLimitedBatchWorkflow',
    supply: `
      const fetchApiData: any = async () => numbered(30);
      const processBatchWithRateLimit: any = async (batch: any) => note({ from: batch[0].id, at: Date.now() });`,
    promise({ ledger }) {
      expect(ledger.map(({ from }) => from)).toEqual([0, 10, 20]);
      const [first, second, third] = ledger.map(({ at }) => at);
      // A timer may fire a millisecond early.
      expect(second - first).toBeGreaterThanOrEqual(999);
      expect(third - second).toBeGreaterThanOrEqual(999);
    },
  },
  {
    title: 'memory: a body may empty its batch, nothing is lost by it, and gc is there to be called',
    begins: 'const memoryOptimizedBatchWorkflow',
    supply: `
      const { gc } = globalThis;
      if (gc) globalThis.gc = (() => { note('gc'); gc(); }) as any;
      const fetchLargeDataset: any = async () => numbered(60);
      ${PROCESS_BATCH}`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([{ processed: 25 }, 'gc', { processed: 25 }, 'gc', { processed: 10 }, 'gc']);
      expect(ended.summary.items).toMatchObject({ total: 60, succeeded: 60 });
    },
  },
  {
    title: 'progress persistence: how far it has come is kept in the state and saved after each batch',
    begins: 'const persistentBatchWorkflow',
    supply: `
      const getDataToProcess: any = async () => numbered(120);
      const saveProgress: any = async (progress: any) => note(progress);
      ${PROCESS_BATCH}`,
    promise({ ended, ledger }) {
      const { state } = ended.summary;
      expect(state).toEqual({ 'start-time': expect.any(Number), 'processed-count': 120, 'last-processed-index': 119 });
      const saved = ledger.filter(entry => 'currentTime' in entry);
      expect(saved.map(({ processed, lastIndex, startTime }) => [processed, lastIndex, startTime])).toEqual([
        [50, 49, state['start-time']],
        [100, 99, state['start-time']],
        [120, 119, state['start-time']],
      ]);
    },
  },
  {
    title: 'batch sizes: small, medium and large batches of the same data, in one workflow',
    begins: '// Small batches for memory-intensive operations',
    supply: 'const fetched = () => numbered(600);',
    promise({ ended }) {
      expect(
        ended.summary.nodes.map((node: Event) => [node.path, node.batches.succeeded, node.items.succeeded]),
      ).toEqual([
        ['memory-intensive', 24, 600],
        ['balanced-processing', 6, 600],
        ['simple-processing', 2, 600],
      ]);
    },
  },
  {
    title: 'handle errors: failures are counted, and only failures',
    begins: ".batch('error-handling'",
    supply: `
      const fetched = () => numbered(300);
      const processBatch: any = async (batch: any) => { if (batch[0].id === 100) throw new Error('no'); return { ok: true }; };
      const logBatchError: any = async (batch: any, error: any) => note({ failed: batch.length, because: error.message });`,
    promise({ ended, ledger }) {
      expect(ledger).toEqual([{ failed: 100, because: 'no' }]);
      expect(ended.summary.state).toEqual({ 'error-count': 1 });
    },
  },
  {
    title: 'performance: a step reads the output of an earlier one of its own batch',
    begins: ".batch('performance-monitoring'",
    supply: `
      const fetched = () => numbered(150);
      const processBatch: any = async (batch: any) => sleep(batch.length);
      const logPerformance: any = async (duration: number, items: number) => note({ duration, items, startedAt: Date.now() - duration, at: Date.now() });`,
    promise({ ledger, printed }) {
      expect(ledger.map(({ items }) => items)).toEqual([100, 50]);
      const [first, second] = ledger;
      expect(first.duration).toBeGreaterThanOrEqual(99);
      expect(second.duration).toBeGreaterThanOrEqual(49);
      expect(second.startedAt).toBeGreaterThanOrEqual(first.at - 1);
      expect(printed).toEqual([`Batch processed in ${first.duration}ms`, `Batch processed in ${second.duration}ms`]);
    },
  },
  {
    title: 'progress tracking: percentages out of state and the outer step',
    begins: ".batch('progress-tracking'",
    supply: `const fetched = () => numbered(120);\n${PROCESS_BATCH}`,
    promise({ ended, printed }) {
      expect(printed).toEqual(['Progress: 50/120 (42%)', 'Progress: 100/120 (83%)', 'Progress: 120/120 (100%)']);
      expect(ended.summary.state).toEqual({ 'processed-count': 120 });
    },
  },
];

const blocks = guideBlocks();

/** A block as a file that can be run. */
function fileOf(block: Block, { supply }: Reading): string {
  const outer = supply.includes('fetched')
    ? "const workflow = cronflow.define({ id: 'best-practice' }).step('fetch-data', async () => fetched());\n"
    : '';
  return Project.workflow(
    `${NUMBERED}${supply}\n${outer}${completed(block)}\nvoid [note, sleep, numbered];\nexport {};\n`,
  );
}

test('the guide has the blocks that are read here, and no others', () => {
  expect(blocks.map(({ code }) => code.split('\n')[0])).toEqual(
    READINGS.map(({ begins }) => expect.stringMatching(new RegExp(`^${begins.replaceAll(/[.()'/]/g, '\\$&')}`))),
  );
});

test('what is added to the blocks is a workflow for parts of a chain to belong to, and one forgotten async', () => {
  const changed = blocks.filter(block => completed(block) !== block.code).map(({ line }) => line);
  expect(changed).toEqual([344, 518, 540, 566, 590]);
});

describe('each block runs as it is written', () => {
  const outcomes = new Map<Reading, Outcome>();

  beforeAll(async () => {
    await Promise.all(
      READINGS.map(async (reading, index) => {
        const block = blocks[index];
        if (!block) return;
        const project = new Project({ 'flow.ts': fileOf(block, reading) });
        const ended = await project.cli([
          'run',
          'flow.ts',
          '--json',
          '--payload',
          JSON.stringify(reading.payload ?? {}),
        ]);
        const printed = ended.events.filter(({ event }) => event === 'log').map(({ text }) => String(text));
        outcomes.set(reading, { project, ended, printed, ledger: project.ledger() });
      }),
    );
  }, 120_000);

  test.each(READINGS)('$title', reading => {
    const outcome = outcomes.get(reading);
    if (!outcome) throw new Error('it did not run');
    expect(outcome.ended).toMatchObject({
      code: 0,
      stderr: '',
      summary: { event: 'summary', status: 'completed', error: null },
    });
    reading.promise(outcome);
  });
});

test('every block passes the type check', { timeout: 120_000 }, async () => {
  const project = new Project();
  for (const [index, block] of blocks.entries())
    project.write(`block-${index}.ts`, fileOf(block, READINGS[index] as Reading));
  // A misspelled step must be found, or the check would prove nothing.
  const [simple, first] = [blocks[0], READINGS[0]];
  if (!simple || !first) throw new Error('the guide is empty');
  project.write(
    'misspelled.ts',
    fileOf(
      { ...simple, code: simple.code.replace("ctx.steps['fetch-all-users']", "ctx.steps['fetch-all-user']") },
      first,
    ),
  );
  project.write('package.json', '{ "type": "module" }');
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        useUnknownInCatchVariables: false,
        noEmit: true,
        target: 'es2024',
        // As ours: the type check goes through our sources.
        lib: ['esnext'],
        module: 'nodenext',
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        types: ['node'],
        typeRoots: [`${root}node_modules/@types`],
        paths: { cronflow: [`${root}engine/index.ts`] },
      },
      include: ['*.ts'],
    }),
  );
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  expect(existsSync(tsc)).toBe(true);
  const found = await promisify(execFile)(process.execPath, [tsc, '-p', '.'], { cwd: project.folder }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  const complaints = found.split('\n').filter(line => /error TS/.test(line));
  expect(complaints).toEqual([expect.stringContaining('misspelled.ts')]);
});
