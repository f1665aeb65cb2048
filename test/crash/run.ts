import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { IN_CONTAINER } from '../support/container.ts';
import { startRedis, whyNoRedis } from '../support/servers/redis.ts';
import { Violation } from './checks.ts';
import { trial, type Told } from './trial.ts';

/*
 * npm run test:crash -- [--kills 1000] [--seed 17] [--from 1] [--workers 2] [--queue] [--verbose] [--report file]: kills processes that work on
 * random workflows until so many kills have come, and says what came of it. A seed is one workflow with its kills;
 * --seed repeats one. With --workers, loops have as many in each workflow, else in each eighth. With --queue, workers like those on other
 * machines execute all batches, over a Redis of its own, and are killed as well.
 */

const AT_A_TIME = 2;

/** As vitest's report has it. */
const SKIPPED = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    from: { type: 'string' },
    workers: { type: 'string' },
    queue: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});
const wanted = values.seed === undefined ? Number(values.kills) : 1;
const first = Number(values.seed ?? values.from ?? Math.floor(Math.random() * 1e6));
if (!Number.isInteger(wanted) || wanted < 1 || !Number.isInteger(first)) {
  console.error('--kills, --seed and --from take a whole number.');
  process.exit(2);
}

if (values.queue && whyNoRedis !== undefined) {
  console.log(`Skipped, kills with workers on other machines: ${whyNoRedis}`);
  if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(SKIPPED));
  process.exit(0);
}
const server = values.queue ? await startRedis() : undefined;
const told: Told[] = [];
const violations: Violation[] = [];
const since = performance.now();
let next = first;
let shown = 0;

await Promise.all(Array.from({ length: values.seed === undefined ? AT_A_TIME : 1 }, work));
await server?.close();
report();
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(counted()));
process.exit(violations.length > 0 ? 1 : 0);

async function work(): Promise<void> {
  while (kills() < wanted && (values.seed === undefined || next === first)) {
    const seed = next++;
    try {
      told.push(
        await trial(seed, {
          keep: values.keep,
          ...(values.workers !== undefined && { workers: Number(values.workers) }),
          queue: server?.url,
          ...(values.verbose && { say: text => console.log(`  ${text}`) }),
        }),
      );
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      violations.push(error);
      console.error(
        `${error.message}\n  To repeat it: npm run test:crash -- ${server ? '--queue ' : ''}--seed ${seed}\n`,
      );
    }
    if (kills() - shown < 25) continue;
    shown = kills();
    console.log(`${shown} kills, ${told.length} workflows, ${violations.length} violations, ${seconds()} s`);
  }
}

function kills(): number {
  return told.reduce((sum, { deaths }) => sum + deaths.length, 0);
}

function seconds(): number {
  return Math.round((performance.now() - since) / 1000);
}

function report(): void {
  const deaths = told.flatMap(one => one.deaths);
  const sum = (of: (one: Told) => number) => told.reduce((total, one) => total + of(one), 0);
  const of = (kind: Violation['kind']) => violations.filter(violation => violation.kind === kind).length;
  table(
    'killed',
    deaths.map(({ whom }) => whom),
  );
  table(
    'at',
    deaths.map(({ where }) => where),
  );
  console.log(`
${deaths.length} kills of ${told.length} random workflows (seeds ${first} to ${next - 1}), ${sum(one => one.sessions)} times begun or taken up, ${seconds()} s
steps in flight repeated: ${sum(one => one.repeated)}
items, attempts or logs lost: ${of('lost')}
done or counted twice: ${of('twice')}
other violations: ${of('other')}
processes that steps had started and nobody was left to end: ${sum(one => one.orphans)}
${namespaces(
  sum(one => one.contained),
  sum(one => one.refusedBeside),
)}`);
}

function namespaces(commands: number, refused: number): string {
  if (!IN_CONTAINER) return 'PID namespaces: skipped: this system lets nobody make one (unshare)';
  return `commands in PID namespaces of their own: ${commands}; refused while the owner in another lived: ${refused}`;
}

/** As vitest's JSON report counts, so that .ci/count.mjs can add the two up: each random workflow is a test. */
function counted(): object {
  return {
    numPassedTests: told.length,
    numFailedTests: violations.length,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: violations.map(({ message }) => ({
      name: 'test/crash/run.ts',
      status: 'failed',
      assertionResults: [{ status: 'failed', fullName: message.split(':', 1)[0], failureMessages: [message] }],
    })),
  };
}

function table(title: string, names: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  console.log(`\n${title}`);
  for (const [name, count] of [...counts].toSorted((a, b) => b[1] - a[1]))
    console.log(`${String(count).padStart(6)}  ${name}`);
}
