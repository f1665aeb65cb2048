import type { SourceLocation } from '../../common/source-location.ts';
import { currentAttempt } from '../run/attempt.ts';
import { describeValue, WorkflowError } from '../workflow/errors.ts';
import { definitionById } from '../workflow/registry.ts';

/**
 * What `cronflow.trigger` does in a process that executes what a file defines. The file has been written as a program that starts runs
 * by itself; here it is loaded for its workflows, and would start another run with each of them, without end.
 * @throws WorkflowError in a step: what it expects does not come
 */
export function triggerInRunner(workflow: string, at: SourceLocation | undefined): string {
  const attempt = currentAttempt.getStore();
  if (attempt)
    throw new WorkflowError(
      `cronflow.trigger(${describeValue(workflow)}) was called in step ${describeValue(attempt.path)}, whose process ends with its ` +
        `run. Start the other run from the program, after this one, or execute its work in steps of this workflow.`,
      at,
    );
  definitionById(workflow)?.notices.push({
    text:
      `cronflow.trigger(${describeValue(workflow)}) starts nothing where Cronflow loads the file to show or execute its workflows. ` +
      `It does where the file is executed as a program: node <file>.`,
    at,
  });
  return '';
}
