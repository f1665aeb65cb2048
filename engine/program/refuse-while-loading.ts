import { WorkflowError } from '../workflow/errors.ts';
import { isLoading } from '../workflow/registry.ts';

/**
 * While Cronflow loads a file to execute what it defines, the file must not start runs itself: they would load it and start it again,
 * without end. @throws WorkflowError
 */
export function refuseWhileLoading(what: string): void {
  if (!isLoading()) return;
  throw new WorkflowError(
    `${what} was called while Cronflow loads this file to execute its workflow. Put the workflow into a file of its own, and ` +
      `import it from the program that starts runs.`,
  );
}
