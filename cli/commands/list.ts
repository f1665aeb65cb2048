import { inspectFile, type Inspection } from '../../engine/runner/inspect-file.ts';
import { parseArguments } from '../arguments.ts';
import { fromCaller, workflowFiles } from '../caller-paths.ts';
import { reportProblem } from '../report-problem.ts';
import { graphText } from '../view/graph.ts';
import { printEvent } from '../view/json.ts';

export async function list(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'list', 'a file or a folder');
  const { files, isFolder } = workflowFiles(fromCaller(operand));
  let code = 0;
  for (const file of files) {
    const found = await inspectFile(file).done;
    // In a folder, files without a workflow are helpers of those that have one.
    if (!found.ok && isFolder && /defines no workflow/.test(found.problem.message)) continue;
    code = Math.max(code, told(file, found, values.json === true));
  }
  return code;
}

/** Says which workflows a file has, or why it cannot be loaded, and returns the exit code. */
function told(file: string, found: Inspection, json: boolean): number {
  if (!found.ok) return reportProblem(found.problem, json);
  for (const graph of found.graphs) {
    if (json) printEvent({ event: 'workflow', file, ...graph });
    else process.stdout.write(`${graphText(graph, file)}\n`);
  }
  return 0;
}
