import { NEXT } from '../../../common/next-steps.ts';
import { told } from '../../../common/told.ts';
import { RunStateError } from '../../store/run-state-error.ts';
import type { RunRow } from '../../store/runs.ts';
import type { DemoOptions } from '../../workflow/demo-option.ts';
import { describeValue, WorkflowError } from '../../workflow/errors.ts';
import type { Definition } from '../../workflow/nodes.ts';
import { Demo } from './demo.ts';

/** @throws WorkflowError when a workflow has no demo */
export function requireDemo({ id, demo, at }: Definition): DemoOptions {
  if (demo) return demo;
  throw new WorkflowError(
    `workflow ${describeValue(id)} has no demo. Give its define one: demo: { pace: '300ms', fail: [{ step: 'clean/tidy', share: 0.1, error: 'No answer' }] }`,
    at,
  );
}

/**
 * The demo of a run that is one. Where the author has taken the option out of the file since, its steps are executed as they are.
 * @param isHealed Whether the run has been re-run
 */
export function demoOf({ demo }: Definition, isHealed: boolean): Demo {
  return new Demo(demo ?? { seed: '', pace: 0, fail: [] }, isHealed);
}

/** @throws RunStateError when somebody asks for workers for a demo */
export function refuseWorkersOfDemo({ id, demo }: Pick<RunRow, 'id' | 'demo'>, workers: unknown): void {
  if (demo === 1 && workers !== undefined)
    throw new RunStateError(
      told`Run ${id} is a demo. All its batches are executed in one process: ${NEXT.withoutWorkers}.`,
    );
}
