import type { SourceLocation } from '../../common/source-location.ts';
import { WorkflowError } from '../workflow/errors.ts';
import { isLoading, noticeWhileLoading } from '../workflow/registry.ts';

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

/**
 * Whether a call of `cronflow` is made while Cronflow loads the file: it is about runs, the file is loaded for its workflows, and the call
 * does nothing. A notice at its line says so.
 */
export function isIdleWhileLoading(call: string, at: SourceLocation | undefined): boolean {
  if (!isLoading()) return false;
  noticeWhileLoading({
    text:
      `${call} does nothing where Cronflow loads the file to show or execute its workflows. It does where the file is ` +
      `executed as a program: node <file>.`,
    at,
  });
  return true;
}
