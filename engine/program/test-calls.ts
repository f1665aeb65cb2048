import { callSite } from '../workflow/callsite.ts';
import type { WorkflowTests } from '../workflow/test-hook.ts';
import type {
  BenchmarkResult,
  MockedStep,
  WorkflowExpectation,
  WorkflowTest,
  WorkflowTestCoverage,
  WorkflowTestOptions,
  WorkflowTestResult,
} from '../workflow/test-types.ts';
import { refusingUnknownMembers } from '../workflow/unknown-member.ts';
import { isIdleWhileLoading } from './refuse-while-loading.ts';

/** What a test of a file gives that Cronflow loads: nothing was executed, and whatever the file reads of it is there. */
const IDLE: WorkflowTestResult = {
  success: true,
  status: 'completed',
  duration: 0,
  steps: new Proxy({}, { get: (_steps, name) => (typeof name === 'string' && name !== 'then' ? {} : undefined) }),
  output: undefined,
};
const NOT_COVERED: WorkflowTestCoverage = { steps: 0, tested: 0, coverage: 0 };
const NOT_MEASURED: BenchmarkResult = { averageTime: 0, minTime: 0, maxTime: 0, totalRuns: 0 };

/** How a step is expected to end. */
export interface Expectation {
  readonly step: string;
  readonly as: 'succeeded' | 'failed';
  /** What its error says. */
  readonly message?: string | undefined;
}

/** Executes tests: engine/testing, which is loaded with the first. */
export interface Tester {
  executeTest(
    flow: object,
    options: WorkflowTestOptions,
    expectations?: readonly Expectation[],
  ): Promise<WorkflowTestResult>;
  coverageOf(flow: object): WorkflowTestCoverage;
  benchmark(workflow: unknown, options: unknown): Promise<BenchmarkResult>;
}

/** `workflow.test()` and its like. While Cronflow loads the file they execute nothing. */
export function testCalls(tester: () => Promise<Tester>): WorkflowTests {
  return {
    begin: flow => new TestBuilder(flow, tester),
    async execute(flow, options) {
      if (isIdleWhileLoading('workflow.test()', callSite())) return IDLE;
      return await (await tester()).executeTest(flow, options);
    },
    async coverage(flow) {
      if (isIdleWhileLoading('workflow.getTestCoverage()', callSite())) return NOT_COVERED;
      return (await tester()).coverageOf(flow);
    },
  };
}

/** `cronflow.benchmark`. */
export async function benchmark(
  tester: () => Promise<Tester>,
  workflow: unknown,
  options: unknown,
): Promise<BenchmarkResult> {
  if (isIdleWhileLoading('cronflow.benchmark()', callSite())) return NOT_MEASURED;
  return await (await tester()).benchmark(workflow, options);
}

class TestBuilder implements WorkflowTest {
  readonly #flow: object;
  readonly #tester: () => Promise<Tester>;
  readonly #mocks = new Map<string, MockedStep>();
  readonly #expectations: Expectation[] = [];
  #payload: unknown;

  constructor(flow: object, tester: () => Promise<Tester>) {
    this.#flow = flow;
    this.#tester = tester;
  }

  trigger(payload: unknown): this {
    this.#payload = payload;
    return this;
  }

  mockStep(name: string, mock: MockedStep): this {
    this.#mocks.set(name, mock);
    return this;
  }

  expectStep(step: string): WorkflowExpectation {
    const expects = (how: Omit<Expectation, 'step'>): WorkflowTest => {
      this.#expectations.push({ step, ...how });
      return this;
    };
    return {
      toSucceed: () => expects({ as: 'succeeded' }),
      toFail: () => expects({ as: 'failed' }),
      toFailWith: message => expects({ as: 'failed', message }),
    };
  }

  async run(): Promise<WorkflowTestResult> {
    if (isIdleWhileLoading('workflow.test()', callSite())) return IDLE;
    const options = { payload: this.#payload, mockStep: Object.fromEntries(this.#mocks) };
    return await (await this.#tester()).executeTest(this.#flow, options, this.#expectations);
  }
}
Object.setPrototypeOf(
  TestBuilder.prototype,
  refusingUnknownMembers('workflow.test()', ['trigger', 'mockStep', 'expectStep', 'run']),
);
