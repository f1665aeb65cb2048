import { statSync } from 'node:fs';
import path from 'node:path';
import { oneLine } from '../../common/safe-text.ts';
import { scanFolder } from '../../engine/load/folder-scan.ts';
import { inspectFile, type Inspection } from '../../engine/runner/inspect-file.ts';
import { parseArguments } from '../arguments.ts';
import { fromCaller, toCaller } from '../caller-paths.ts';
import { reportProblem } from '../report-problem.ts';
import { graphText } from '../view/graph.ts';
import { noticeTexts } from '../view/live.ts';
import { printEvent } from '../view/json.ts';

export async function list(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'list', 'a file or a folder');
  const place = fromCaller(operand);
  const json = values.json === true;
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) return await listFolder(place, json);
  return told(place, await inspectFile(place).done, json);
}

/** Lists the workflow files of a folder. No other file is executed, and what is not looked at is told on standard error. */
async function listFolder(folder: string, json: boolean): Promise<number> {
  const { files, gaps } = scanFolder(folder);
  // The parser takes a while to load, and a single file does not need it here.
  const { lookAtSource } = await import('../../engine/load/look-at-source.ts');
  const { toProblem } = await import('../../engine/runner/problem.ts');
  let code = 0;
  for (const file of files) {
    const look = await lookAtSource(file);
    if (look.kind === 'other') continue;
    const problem = look.kind === 'broken' ? toProblem(look.error, []) : undefined;
    const found: Inspection = problem ? { ok: false, problem } : await inspectFile(file).done;
    // In a folder, files without a workflow are helpers of those that have one.
    if (!found.ok && /defines no workflow/.test(found.problem.message)) continue;
    code = Math.max(code, told(file, found, json));
  }
  for (const gap of gaps.texts(file => oneLine(path.relative(folder, file) || '.')))
    process.stderr.write(`${oneLine(toCaller(folder), 1_000)}: ${gap}\n`);
  return code;
}

/** Says which workflows a file has, or why it cannot be loaded, and returns the exit code. */
function told(file: string, found: Inspection, json: boolean): number {
  if (!found.ok) return reportProblem(found.problem, json);
  for (const graph of found.graphs) {
    for (const text of noticeTexts(graph)) process.stderr.write(`${text}\n`);
    if (json) printEvent({ event: 'workflow', file, ...graph });
    else process.stdout.write(`${graphText(graph, file)}\n`);
  }
  return 0;
}
