import { expect } from 'vitest';
import { type Ended } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/*
 * What people get wrong, and what machines do to them: each is told once, with the file, the line where there is one,
 * and what to do; never with a stack of ours; and what had been done before is still there afterwards.
 */

export const GOOD = Project.workflow(
  "cronflow.define({ id: 'good', name: 'Good' }).step('a', async () => { note('ran'); return 1; });\n",
);

/** Refused, in one message and at most a piece of the author's code, before anything ran. */
export function expectRefusal(
  { code, stdout, stderr }: Ended | undefined = {} as Ended,
  message: string | RegExp,
): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  if (typeof message === 'string') expect(stderr.split('\n')[0]).toBe(message);
  else expect(stderr.split('\n')[0]).toMatch(message);
  expectNoStack(stderr);
}

export function expectNoStack(text: string): void {
  expect(text).not.toMatch(/^\s+at .*:\d+|node:internal|\/engine\/|Node\.js v/m);
}
