import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { takeDefinitions, whileLoading } from '../../engine/workflow/registry.ts';

/* `workflow.test()` and its like, as files written for Cronflow call them. */

const orders = cronflow
  .define({ id: 'tested-orders' })
  .step('check-status', ctx => ({ status: ctx.payload.status as string }))
  .if('is-active', ctx => ctx.last.status === 'active')
  .step('process-active', ctx => ctx.state.incr('active'))
  .else()
  .step('process-inactive', () => {
    throw new Error('nobody knows what to do with it');
  })
  .onError(ctx => ({ error: ctx.error.message, handled: true }))
  .endIf()
  .sleep('1h')
  .action('mail', () => undefined);

const risky = cronflow
  .define({ id: 'tested-risky' })
  .step('risky-operation', ctx => {
    if (ctx.payload.shouldFail) throw new Error('Intentional failure');
    return { success: true };
  })
  .step('after', ctx => ctx.last);

test('a test says what the steps on its way have come to', async () => {
  const active = await orders.test({ payload: { status: 'active' } });
  expect(active).toMatchObject({ success: true, status: 'completed', duration: 3_600_000 });
  expect(active.steps).toEqual({ 'check-status': { status: 'active' }, 'process-active': 1, mail: undefined });
  const inactive = await orders.test({ payload: { status: 'inactive' } });
  expect(inactive.steps['process-inactive']).toEqual({ error: 'nobody knows what to do with it', handled: true });
  // Each test is a run, and has a state of its own.
  expect((await orders.test({ payload: { status: 'active' } })).steps['process-active']).toBe(1);
});

test('a run that fails is a result', async () => {
  const result = await risky.test({ payload: { shouldFail: true } });
  expect(result).toMatchObject({
    success: false,
    status: 'failed',
    error: { message: 'Intentional failure' },
    steps: {},
  });
});

test('steps are mocked with an output, or with a function', async () => {
  const result = await risky.test({ mockStep: { 'risky-operation': { mocked: 1 }, after: ctx => [ctx.last] } });
  expect(result.steps).toEqual({ 'risky-operation': { mocked: 1 }, after: [{ mocked: 1 }] });
});

test.each([
  [{ expectStep: { after: (): unknown => expect.fail('not as expected') } }, 'not as expected'],
  [
    { payload: { shouldFail: true }, expectStep: { after: (): unknown => true } },
    'Step "after" was expected to be executed',
  ],
  [{ mockStep: { risky: 1 } }, 'has no such node: "risky"'],
  [{ mock: {} } as never, 'Did you mean "mockStep"?'],
])('an expectation that does not hold rejects, as a name does that nothing has: %#', async (options, words) => {
  await expect(risky.advancedTest(options)).rejects.toThrow(words);
});

test('it is put together call by call', async () => {
  const begun = () => risky.test().trigger({ shouldFail: true });
  const { success } = await begun().expectStep('risky-operation').toFailWith('Intentional').run();
  expect(success).toBe(false);
  await expect(begun().expectStep('risky-operation').toSucceed().run()).rejects.toThrow(
    'Step "risky-operation" was expected to have succeeded. It has failed: Intentional failure',
  );
  await expect(begun().expectStep('risky-operation').toFailWith('another').run()).rejects.toThrow('"another"');
  const mocked = await risky
    .advancedTest()
    .mockStep('risky-operation', () => 7)
    .expectStep('after')
    .toSucceed()
    .run();
  expect(mocked.output).toBe(7);
  expect(() => (risky.advancedTest() as never as { mockService(): void }).mockService()).toThrow(
    'workflow.test() has no member "mockService"',
  );
});

test('coverage counts the steps that were executed by their own functions', async () => {
  const covered = cronflow
    .define({ id: 'tested-covered' })
    .step('a', () => 1)
    .step('b', () => 2)
    .step('c', () => 3);
  expect(await covered.getTestCoverage()).toEqual({ steps: 3, tested: 0, coverage: 0 });
  await covered.test({ mockStep: { b: 0 } });
  expect(await covered.getTestCoverage()).toEqual({ steps: 3, tested: 2, coverage: 67 });
});

test('a benchmark measures runs, and a run that fails is none', async () => {
  const result = await cronflow.benchmark('tested-orders', { iterations: 3, payload: { status: 'active' } });
  expect(result.totalRuns).toBe(3);
  expect(result.minTime).toBeGreaterThan(0);
  expect(result.averageTime).toBeGreaterThanOrEqual(result.minTime);
  expect(result.maxTime).toBeGreaterThanOrEqual(result.averageTime);
  await expect(cronflow.benchmark('tested-risky', { payload: { shouldFail: true } })).rejects.toThrow(
    'run 1 of 100 is failed: Intentional failure',
  );
  await expect(cronflow.benchmark({ stepsPerWorkflow: 5 } as never)).rejects.toThrow(
    "Name one: cronflow.benchmark('orders'",
  );
});

test('at the top of a file that Cronflow loads, nothing is executed, and a notice says so', async () => {
  takeDefinitions();
  let calls = 0;
  const loaded = await whileLoading(async () => {
    const flow = cronflow.define({ id: 'tested-at-the-top' }).step('count', () => (calls += 1));
    const result = await flow.test({ payload: {} });
    await flow.test().trigger({}).run();
    await cronflow.benchmark('tested-at-the-top');
    // As files do that print what has come of it.
    return [result.success, result.steps.count.total, await flow.getTestCoverage()];
  });
  expect([calls, loaded]).toEqual([0, [true, undefined, { steps: 0, tested: 0, coverage: 0 }]]);
  expect(takeDefinitions().flatMap(({ notices }) => notices.map(({ text }) => text.split(' does nothing')[0]))).toEqual(
    ['workflow.test()', 'workflow.test()', 'cronflow.benchmark()', 'workflow.getTestCoverage()'],
  );
});
