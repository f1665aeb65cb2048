import '../refuse-old-node.ts';
import { decode } from '../store/codec.ts';
import { executeBatch as execute } from './execute-batch.ts';
import { testRun as run } from './test-run.ts';
import type { ExecuteBatch, TestRun } from './types.ts';

/*
 * `cronflow/test`: what tests of workflows use. It is in the process of the test runner, which has loaded the workflow's file.
 */

export type * from './types.ts';

export const testRun: TestRun = run;

export const executeBatch: ExecuteBatch = execute;

/** A value that cannot be written as code: in the text that Cronflow has of it in its store. */
export const storedValue: (text: string) => unknown = decode;
