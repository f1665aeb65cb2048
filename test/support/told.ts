import vm from 'node:vm';
import { define } from '../../engine/workflow/define.ts';
import { WorkflowError } from '../../engine/workflow/errors.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';

/** Where the mistakes below stand. Nothing is there: only the place is looked at. */
export const FILE = '/home/ann/flow.js';

/** Runs lines as an author's file, draws what they define, and gives what the author is told. `f` is any function. */
export function told(
  ...lines: string[]
): { file: string | undefined; line: number | undefined; message: string } | 'nothing' {
  takeDefinitions();
  const author = vm.runInThisContext(`(cronflow, f) => {\n${lines.join('\n')}\n}`, {
    filename: FILE,
    lineOffset: -1,
  }) as (cronflow: { define: unknown }, f: () => unknown) => void;
  try {
    author({ define }, () => undefined);
    for (const definition of takeDefinitions()) drawGraph(definition);
    return 'nothing';
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    return { file: error.at?.file, line: error.at?.line, message: error.message };
  }
}

/** What is told of lines that follow the one that defines the workflow. */
export const toldOf = (source: string) => told("const flow = cronflow.define({ id: 'films' });", ...source.split('\n'));

export const mistake = (message: string, line = 2) => ({ file: FILE, line, message });

export const NOT_A_DURATION = "not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.";

export const WHOLE = 'It is a whole number of at least 1.';
