import type { Context } from './context-types.ts';

/* What `workflow.test()` and `cronflow.benchmark()` take and give: types only, part of the package's declarations. */

/** What is executed in the place of a step: its output, or a function of `ctx` that gives it. */
export type MockedStep = ((ctx: Context) => unknown) | object | string | number | boolean | null;

/** What `workflow.test` takes. */
export interface WorkflowTestOptions {
  /** What `ctx.payload` is. @default {} */
  readonly payload?: unknown;
  /** By the names of steps. */
  readonly mockStep?: Readonly<Record<string, MockedStep>> | undefined;
  /** Checks of what steps come to, by their names: one that throws fails the test. */
  readonly expectStep?: Readonly<Record<string, (output: any) => unknown>> | undefined;
}

/** How a test went. A run that fails is a result; an expectation that does not hold rejects. */
export interface WorkflowTestResult {
  /** Whether the run has completed. */
  readonly success: boolean;
  readonly status: string;
  /** In milliseconds of the test's clock: what is waited for counts, what is executed takes no time. */
  readonly duration: number;
  /** What steps outside of batches have come to, by their names. */
  readonly steps: Readonly<Record<string, any>>;
  readonly output: any;
  readonly error?: { readonly name: string; readonly message: string } | undefined;
}

/** A test that is put together call by call, and begins with `run`. */
export interface WorkflowTest {
  /** What `ctx.payload` is. */
  trigger(payload: unknown): WorkflowTest;
  mockStep(name: string, mock: MockedStep): WorkflowTest;
  expectStep(name: string): WorkflowExpectation;
  /** Rejects with the first expectation that does not hold. */
  run(): Promise<WorkflowTestResult>;
}

export interface WorkflowExpectation {
  toSucceed(): WorkflowTest;
  toFail(): WorkflowTest;
  /** With an error whose message has this in it. */
  toFailWith(message: string): WorkflowTest;
}

/** How many of a workflow's steps its tests in this process have executed. */
export interface WorkflowTestCoverage {
  readonly steps: number;
  /** Those that were executed by their own functions, and not mocked. */
  readonly tested: number;
  /** In per cent. */
  readonly coverage: number;
}

/** What `cronflow.benchmark` takes. */
export interface BenchmarkOptions {
  /** @default 100 */
  readonly iterations?: number | undefined;
  /** What `ctx.payload` is. @default {} */
  readonly payload?: unknown;
}

/** In milliseconds. */
export interface BenchmarkResult {
  readonly averageTime: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly totalRuns: number;
}
