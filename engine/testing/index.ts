import { decode } from '../store/codec.ts';
import { executeBatch as execute } from './execute-batch.ts';
import type { ExecuteBatch } from './types.ts';

/*
 * `cronflow/testing`: what tests of workflows use. It is in the process of the test runner, which has loaded the workflow's file.
 */

export type * from './types.ts';

export const executeBatch: ExecuteBatch = execute;

/** A value that cannot be written as code: in the text that Cronflow has of it in its store. */
export const storedValue: (text: string) => unknown = decode;
