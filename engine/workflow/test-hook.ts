import type { WorkflowTest, WorkflowTestCoverage, WorkflowTestOptions, WorkflowTestResult } from './test-types.ts';

/** What the tests of a workflow do: they execute it, and so stand above it. */
export interface WorkflowTests {
  begin(flow: object): WorkflowTest;
  execute(flow: object, options: WorkflowTestOptions): Promise<WorkflowTestResult>;
  coverage(flow: object): Promise<WorkflowTestCoverage>;
}

let tests: WorkflowTests | undefined;

export function setWorkflowTests(given: WorkflowTests): void {
  tests = given;
}

export function workflowTests(): WorkflowTests {
  if (!tests) throw new Error('Tests are not here: import cronflow from its package.');
  return tests;
}
