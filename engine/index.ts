import { define } from './workflow/define.ts';
import { callSite } from './workflow/callsite.ts';
import { WorkflowError } from './workflow/errors.ts';
import { refusingUnknownMembers } from './workflow/unknown-member.ts';
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

/** Cronflow has these, this engine does not: the error names the line instead of "is not a function". */
const NOT_HERE = ['inspect', 'cancelRun', 'resume', 'replay', 'publishEvent', 'stop', 'getWorkflow', 'getWorkflows'];
for (const name of NOT_HERE) {
  Object.defineProperty(cronflow, name, {
    value() {
      throw new WorkflowError(
        `cronflow.${name}() is part of Cronflow that this engine does not have. Take it out: runs are started, looked at ` +
          `and stopped by the command line (cronflow --help) or in the Studio.`,
        callSite(),
      );
    },
  });
}
Object.setPrototypeOf(cronflow, refusingUnknownMembers('cronflow', Object.keys(cronflow)));

export default cronflow;
