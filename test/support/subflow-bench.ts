import type { RunEnvironment } from '../../engine/run/execute.ts';
import { childrenOf } from '../../engine/store/subflow-store.ts';
import { requireRun } from '../../engine/store/runs.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { Bench, workflow } from './runs.ts';
import type { Workflow } from '../../engine/workflow/types.ts';

/** A bench with more workflows than the one that is run: steps of that run them. */
export class SubflowBench extends Bench {
  readonly others: Map<string, Definition>;

  constructor(options: Partial<RunEnvironment> = {}) {
    const others = new Map<string, Definition>();
    super({
      otherWorkflow: id => {
        const definition = others.get(id);
        return definition && { definition, file: '/test/workflow.ts' };
      },
      ...options,
    });
    this.others = others;
  }

  /** Defines a workflow that others can run; again: in other words. */
  define(id: string, build: (flow: Workflow) => unknown, options: Record<string, unknown> = {}): Definition {
    const definition = workflow(build, { id, ...options });
    this.others.set(id, definition);
    return definition;
  }

  /** The runs that a run has begun. */
  children(run: number) {
    return childrenOf(this.db, run).map(child => {
      const { id, workflow: of, status, reason, payload } = requireRun(this.db, child);
      return { id, workflow: of, status, reason, payload };
    });
  }
}
