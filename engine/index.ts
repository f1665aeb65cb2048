import { define } from './workflow/define.ts';
import { WorkflowError } from './workflow/errors.ts';
import type { Cronflow } from './workflow/types.ts';

export type * from './workflow/types.ts';

/** Where every workflow file begins: `cronflow.define({ id })`, and then its steps. */
export const cronflow: Cronflow = {
  // The builder at run time knows nothing of names and outputs; Cronflow's types do, and vouch for it.
  define: define as unknown as Cronflow['define'],
  /** Existing Cronflow files call it. This engine starts runs on demand: there is nothing to start. */
  async start() {},
  async trigger(workflow) {
    throw new WorkflowError(
      `cronflow.trigger(${JSON.stringify(workflow)}) is not how a run starts here. Run the file: cronflow run ` +
        `<file> --workflow ${workflow}`,
    );
  },
};

export default cronflow;
