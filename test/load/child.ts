/**
 * A runner reduced to loading. Sends what came of it to its parent, as a runner does.
 *
 *   node child.ts load <file> [timeoutMs]   loads the workflow file, and calls the first workflow's `run` if it has one
 *   node child.ts explain <file>...         what is said about each of these files, none of which can be imported
 *   node child.ts run <file>...             what each of these files' workflow returns or throws
 */
import { pathToFileURL } from 'node:url';

import { explain } from '../../engine/load/explain.ts';
import { cleanStack, topUserFrame, userFrames } from '../../engine/load/frames.ts';
import { installHooks, loadedFiles } from '../../engine/load/hooks.ts';
import { LoadError, loadWorkflows } from '../../engine/load/load.ts';
import { callSite } from '../../engine/workflow/callsite.ts';
import { cronflow, takeDefinitions, type FakeWorkflow } from './fake-engine.ts';

// Like a runner it listens to its parent, which by itself keeps a process alive.
process.on('message', () => {});
process.on('disconnect', () => process.exit());
Object.assign(globalThis, { callSite, theEngine: cronflow });
installHooks({ engineUrl: new URL('./fake-engine.ts', import.meta.url).href });

async function load(file: string, timeoutMs: string) {
  try {
    const loaded = await loadWorkflows(file, { takeDefinitions, ...(timeoutMs === '' ? {} : { timeoutMs: Number(timeoutMs) }) });
    const ran = await run(loaded.workflows[0]);
    return { ...loaded, workflows: loaded.workflows.map(({ id }) => id), ran, loadedFiles: loadedFiles().length };
  } catch (error) {
    if (error instanceof LoadError) return { error: fieldsOf(error) };
    throw error;
  }
}

async function run(workflow: FakeWorkflow | undefined) {
  try {
    return { value: await workflow?.run?.() };
  } catch (error) {
    return { frames: userFrames(error), top: topUserFrame(error), stack: cleanStack(error) };
  }
}

// Loading for many files at the price of one process, for tests that are not about `loadWorkflows` itself.

async function explainAll(files: string[]) {
  const explained = [];
  for (const file of files) {
    try {
      await import(pathToFileURL(file).href);
      explained.push({ message: 'was imported' });
    } catch (error) {
      explained.push(fieldsOf(explain(error, file, loadedFiles())));
    }
  }
  return explained;
}

async function runAll(files: string[]) {
  const ran = [];
  for (const file of files) {
    await import(pathToFileURL(file).href);
    ran.push(await run(takeDefinitions()[0]));
  }
  return ran;
}

function fieldsOf({ kind, message, file, line, column, codeFrame }: LoadError) {
  return { kind, message, file, line, column, codeFrame };
}

const [mode, ...args] = process.argv.slice(2);
const outcome = mode === 'load' ? await load(args[0] ?? '', args[1] ?? '') : mode === 'run' ? await runAll(args) : await explainAll(args);
// The parent ends it: a message may arrive after the exit of who sent it.
process.send?.(outcome);
