import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cronflow as typed, openStore, run } from '../../engine/index.ts';
import { temporaryFolder } from '../support/runs.ts';

/*
 * The blocks of "Subflows" in Cronflow's guide to advanced control flow, as they are written there: what they call is defined
 * here. (https://github.com/dali-benothmen/cronflow-docs-website, guide/advanced-control-flow.md)
 */

// The guide is written without types.
// oxlint-disable typescript/no-explicit-any
const cronflow = typed as any;

async function outputOf(workflow: any, payload: object): Promise<unknown> {
  const store = await openStore(path.join(temporaryFolder(), 'runs.db'));
  onTestFinished(() => store.close());
  return (await run(workflow, { store, payload, inProcess: true })).output;
}

const did = (what: string) => (value: any) => Promise.resolve({ [what]: value });

test('Basic Subflow', async () => {
  const [prepareData, processData, validateResult, finalizeProcess] = ['prepared', 'processed', 'valid', 'final'].map(
    did,
  );
  const parentWorkflow = cronflow.define({ id: 'parent-workflow', name: 'Parent Workflow' });
  const childWorkflow = cronflow.define({ id: 'child-workflow', name: 'Child Workflow' });

  childWorkflow
    .step('process-data', async (ctx: any) => {
      return await processData?.(ctx.payload);
    })
    .step('validate-result', async (ctx: any) => {
      return await validateResult?.(ctx.last);
    });

  parentWorkflow
    .step('prepare-data', async (ctx: any) => {
      return await prepareData?.(ctx.payload);
    })
    .subflow('process-with-child', 'child-workflow', (ctx: any) => ({
      data: ctx.last,
      metadata: ctx.payload.metadata,
    }))
    .step('finalize', async (ctx: any) => {
      const childResult = ctx.last;
      return await finalizeProcess?.(childResult);
    });

  expect(await outputOf(parentWorkflow, { metadata: 1 })).toEqual({
    final: { valid: { processed: { data: { prepared: { metadata: 1 } }, metadata: 1 } } },
  });
});

test.each([
  [false, { success: { operation: { data: { prepared: { shouldFail: false } }, shouldFail: false } } }],
  [true, { failure: { error: 'Child workflow failed', handled: true } }],
])('Subflow with Error Handling, where shouldFail is %s', async (shouldFail, output) => {
  const [prepareOperation, performOperation, processSuccess, handleChildFailure] = [
    'prepared',
    'operation',
    'success',
    'failure',
  ].map(did);
  const parent = `robust-parent-workflow-${shouldFail}`;
  const child = `robust-child-workflow-${shouldFail}`;
  const robustParentWorkflow = cronflow.define({ id: parent, name: 'Robust Parent Workflow' });
  const robustChildWorkflow = cronflow.define({ id: child, name: 'Robust Child Workflow' });

  robustChildWorkflow
    .step('risky-operation', async (ctx: any) => {
      if (ctx.payload.shouldFail) {
        throw new Error('Child workflow failed');
      }
      return await performOperation?.(ctx.payload);
    })
    .onError((ctx: any) => {
      return { error: ctx.error.message, handled: true };
    });

  robustParentWorkflow
    .step('prepare-operation', async (ctx: any) => {
      return await prepareOperation?.(ctx.payload);
    })
    .subflow('execute-child', child, (ctx: any) => ({
      data: ctx.last,
      shouldFail: ctx.payload.shouldFail,
    }))
    .if('child-succeeded', (ctx: any) => !ctx.last.error)
    .step('process-success', async (ctx: any) => {
      return await processSuccess?.(ctx.last);
    })
    .else()
    .step('handle-child-failure', async (ctx: any) => {
      return await handleChildFailure?.(ctx.last);
    })
    .endIf();

  expect(await outputOf(robustParentWorkflow, { shouldFail })).toEqual(output);
});

test('Subflow with State Sharing', async () => {
  const processWithState = async (payload: any, parentState: any) => await Promise.resolve({ payload, parentState });
  const processChildResult = async (childResult: any, childState: any) =>
    await Promise.resolve({ childResult, childState });
  const statefulParentWorkflow = cronflow.define({ id: 'stateful-parent-workflow', name: 'Stateful Parent Workflow' });
  const statefulChildWorkflow = cronflow.define({ id: 'stateful-child-workflow', name: 'Stateful Child Workflow' });

  statefulChildWorkflow.step('process-with-state', async (ctx: any) => {
    const parentState = await ctx.state.get('parent-data');
    const result = await processWithState(ctx.payload, parentState);

    // Share state back to parent
    await ctx.state.set('child-result', result);

    return result;
  });

  statefulParentWorkflow
    .step('initialize-state', async (ctx: any) => {
      await ctx.state.set('parent-data', ctx.payload);
      return { initialized: true };
    })
    .subflow('execute-child', 'stateful-child-workflow', (ctx: any) => ({
      data: ctx.last,
      parentState: ctx.state.get('parent-data'),
    }))
    .step('process-child-result', async (ctx: any) => {
      const childResult = ctx.last;
      const childState = await ctx.state.get('child-result');

      return await processChildResult(childResult, childState);
    });

  const result = {
    payload: { data: { initialized: true }, parentState: { n: 1 } },
    parentState: { n: 1 },
  };
  expect(await outputOf(statefulParentWorkflow, { n: 1 })).toEqual({ childResult: result, childState: result });
});

test('Nested Subflows', async () => {
  const [prepareData, level1Process, deepProcess, finalizeNested] = ['prepared', 'level1', 'deep', 'final'].map(did);
  const nestedWorkflow = cronflow.define({ id: 'nested-workflow', name: 'Nested Workflow' });
  const level1Workflow = cronflow.define({ id: 'level1-workflow', name: 'Level 1 Workflow' });
  const level2Workflow = cronflow.define({ id: 'level2-workflow', name: 'Level 2 Workflow' });

  level2Workflow.step('deep-process', async (ctx: any) => {
    return await deepProcess?.(ctx.payload);
  });

  level1Workflow
    .step('level1-process', async (ctx: any) => {
      return await level1Process?.(ctx.payload);
    })
    .subflow('call-level2', 'level2-workflow', (ctx: any) => ({
      data: ctx.last,
    }));

  nestedWorkflow
    .step('prepare-data', async (ctx: any) => {
      return await prepareData?.(ctx.payload);
    })
    .subflow('call-level1', 'level1-workflow', (ctx: any) => ({
      data: ctx.last,
    }))
    .step('finalize-nested', async (ctx: any) => {
      return await finalizeNested?.(ctx.last);
    });

  expect(await outputOf(nestedWorkflow, { n: 1 })).toEqual({
    final: { deep: { data: { level1: { data: { prepared: { n: 1 } } } } } },
  });
});
