import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { definitionById } from '../../engine/workflow/registry.ts';

/* docs/from-cronflow.md, row by row: what it says of a part of Cronflow is what the engine does with a file that uses it. */

const page = readFileSync(new URL('../../docs/from-cronflow.md', import.meta.url), 'utf8');

// What the files use is not all there, and so not in the types.
// oxlint-disable typescript/no-explicit-any
const engine = cronflow as any;
let last = 0;
const define = (options: object = {}, ...more: unknown[]): any => {
  last += 1;
  return engine.define({ id: `from-cronflow-${last}`, ...options }, ...more);
};
const body = (_: unknown, flow: any) => flow.step('inner', () => 1);
// oxlint-enable typescript/no-explicit-any

const SCHEMA = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } };
const RETRY = { attempts: 3, backoff: { strategy: 'exponential', delay: '1s' } };

/** A file that uses each, as Cronflow's API reference shows it. Where a row has several, each is one. */
const USES: Readonly<Record<string, readonly (() => unknown)[]>> = {
  'define({ id, name, description, tags, version })': [
    () => define({ name: 'Orders', description: 'All of them', tags: ['a'], version: 'v1.0.0' }),
  ],
  'define({ payload })': [() => define({ payload: SCHEMA })],
  'define({ hooks: { onSuccess, onFailure } })': [() => define({ hooks: { onSuccess() {}, onFailure() {} } })],
  'define({ hooks: { onStart, onComplete, onError } })': [
    () => define({ hooks: { onStart() {} } }),
    () => define({ hooks: { onComplete() {} } }),
    () => define({ hooks: { onError() {} } }),
  ],
  'define({ timeout })': [() => define({ timeout: '5m' })],
  'define({ concurrency, rateLimit, queue })': [
    () => define({ concurrency: 10 }),
    () => define({ rateLimit: { count: 100, per: '1h' } }),
    () => define({ queue: 'high-priority' }),
  ],
  'define({ secrets, services })': [() => define({ secrets: {} }), () => define({ services: [] })],
  'define(options, setup)': [() => define({}, () => undefined)],
  '.step, .action': [
    () => define().step('a', () => 1, { retry: RETRY, timeout: '5s', delay: '1s', onError: () => 0 }),
    () => define().action('a', () => 1),
  ],
  '.step(…, { cache }), .cache()': [
    () => define().step('a', () => 1, { cache: { key: () => 'a', ttl: '1h' } }),
    () =>
      define()
        .step('a', () => 1)
        .cache({ key: () => 'a', ttl: '1h' }),
  ],
  '.retry, .timeout, .delay, .onError': [
    () =>
      define()
        .step('a', () => 1)
        .retry(RETRY)
        .timeout('5s')
        .delay('1s')
        .onError(() => 0),
  ],
  '.log': [() => define().log('done', 'warn'), () => define().log(() => 'done')],
  '.if, .elseIf, .else, .endIf': [
    () =>
      define()
        .if('a', () => true)
        .step('b', () => 1)
        .elseIf('c', () => true)
        .step('d', () => 1)
        .else()
        .step('e', () => 1)
        .endIf(),
  ],
  '.if(name, condition, options)': [() => define().if('a', () => true, { timeout: '5s' })],
  '.parallel, .race': [() => define().parallel([() => 1, () => 2]), () => define().race([() => 1, () => 2])],
  '.while': [() => define().while('a', () => false, body)],
  '.sleep, .cancel': [
    () => define().sleep('5s').sleep(100),
    () => define().sleep(() => '5s'),
    () => define().cancel('no reason'),
  ],
  '.forEach': [() => define().forEach('a', () => [1], body)],
  '.batch': [() => define().batch('a', { items: () => [1], size: 10 }, body)],
  '.humanInTheLoop': [() => define().humanInTheLoop({ timeout: '1d', description: 'Approve', onPause() {} })],
  '.waitForEvent': [
    () => define().waitForEvent('paid', '1d'),
    () => define().waitForEvent('paid', '1d', { filter: () => true, validate: () => true }),
  ],
  '.parallel(members, { maxConcurrency, timeout })': [
    () => define().parallel([() => 1], { maxConcurrency: 3, timeout: '30s' }),
  ],
  '.pause': [() => define().pause(() => undefined)],
  '.subflow': [() => define().subflow('a', 'another', {})],
  '.onSchedule, .onInterval, .onEvent, .onWebhook, .manual': [
    () => define().onSchedule('0 9 * * *'),
    () => define().onInterval('5m'),
    () => define().onEvent('paid'),
    () => define().onWebhook('/webhooks/orders'),
    () => define().manual(),
  ],
  '.onWebhook(path, { schema })': [() => define().onWebhook('/webhooks/orders', { schema: SCHEMA })],
  '.onWebhook(path, { validate, middleware, … })': [
    () => define().onWebhook('/webhooks/orders', { validate: () => true }),
    () => define().onWebhook('/webhooks/orders', { middleware: [] }),
  ],
  '.onPoll': [() => define().onPoll(() => [])],
  'workflow.test(), advancedTest(), getTestCoverage(), cronflow.benchmark(id)': [
    () => define().test(),
    () => define().advancedTest().trigger({}).expectStep('a').toSucceed(),
    () => mustBeFunction('benchmark'),
  ],
  'cronflow.start, trigger, inspect, cancelRun, stop': ['start', 'trigger', 'inspect', 'cancelRun', 'stop'].map(
    name => () => mustBeFunction(name),
  ),
  'cronflow.getWorkflows, getWorkflow, getEngineState': [
    () => engine.getWorkflows(),
    () => engine.getWorkflow('a'),
    () => engine.getEngineState(),
  ],
  'cronflow.getGlobalState, setGlobalState, incrGlobalState, deleteGlobalState': [
    'getGlobalState',
    'setGlobalState',
    'incrGlobalState',
    'deleteGlobalState',
  ].map(name => () => mustBeFunction(name)),
  'cronflow.getWorkflowState, setWorkflowState, incrWorkflowState, deleteWorkflowState': [
    'getWorkflowState',
    'setWorkflowState',
    'incrWorkflowState',
    'deleteWorkflowState',
  ].map(name => () => mustBeFunction(name)),
  'cronflow.getStateStats, cleanupExpiredState': ['getStateStats', 'cleanupExpiredState'].map(
    name => () => mustBeFunction(name),
  ),
  'cronflow.getTriggerStats, getWorkflowTriggers, getScheduleTriggers': [
    'getTriggerStats',
    'getWorkflowTriggers',
    'getScheduleTriggers',
  ].map(name => () => mustBeFunction(name)),
  'cronflow.replay': [() => engine.replay('1')],
  'cronflow.publishEvent, resume, listPausedWorkflows, getPausedWorkflow': [
    'publishEvent',
    'resume',
    'listPausedWorkflows',
    'getPausedWorkflow',
  ].map(name => () => mustBeFunction(name)),
};

/** What calling these does has tests of its own (test/program): here it is enough that they are there. */
function mustBeFunction(name: string): void {
  if (typeof engine[name] !== 'function') throw new Error(`There is no cronflow.${name}.`);
}

const ROWS = [...page.matchAll(/^\| (`.*?) \| (runs|noticed|refused) \|/gm)].map(([, part = '', says = '']) => ({
  part: part.replaceAll('`', ''),
  says,
}));

test('the table has a row for each part that is tried here, and for no other', () => {
  expect(ROWS.map(({ part }) => part)).toEqual(Object.keys(USES));
});

test.each(ROWS)('$part: $says', ({ part, says }) => {
  const outcomes = (USES[part] ?? []).map(use => outcomeOf(use));
  expect(outcomes).toEqual(outcomes.map(() => says));
});

function outcomeOf(use: () => unknown): string {
  const before = last;
  try {
    use();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Every refusal says what it is about, in words and not in those of the language.
    return /is not a function|undefined/.test(error.message) ? `breaks: ${error.message}` : 'refused';
  }
  const definition = last === before ? undefined : definitionById(`from-cronflow-${last}`);
  return (definition?.notices.length ?? 0) > 0 ? 'noticed' : 'runs';
}
