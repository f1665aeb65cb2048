/**
 * A runner reduced to loading: `node child.ts <file> [timeoutMs]`. Loads the workflow file, runs the first workflow's `run` if it has
 * one, and prints what came of it as the last line of stdout.
 */
import { cleanStack, topUserFrame, userFrames } from '../../engine/load/frames.ts';
import { installHooks, loadedFiles } from '../../engine/load/hooks.ts';
import { LoadError, loadWorkflows } from '../../engine/load/load.ts';
import { callSite } from '../../engine/workflow/callsite.ts';
import { cronflow, takeDefinitions, type FakeWorkflow } from './fake-engine.ts';

const [file = '', timeoutMs] = process.argv.slice(2);

Object.assign(globalThis, { callSite, theEngine: cronflow });
installHooks({ engineUrl: new URL('./fake-engine.ts', import.meta.url).href });

async function load() {
  try {
    const loaded = await loadWorkflows(file, { takeDefinitions, ...(timeoutMs ? { timeoutMs: Number(timeoutMs) } : {}) });
    return { ...loaded, workflows: loaded.workflows.map(({ id }) => id), ran: await run(loaded.workflows[0]), loadedFiles: loadedFiles().length };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const { kind, message, line, column, codeFrame } = error;
    return { error: { kind, message, file: error.file, line, column, codeFrame } };
  }
}

async function run(workflow: FakeWorkflow | undefined) {
  try {
    return { value: await workflow?.run?.() };
  } catch (error) {
    return { frames: userFrames(error), top: topUserFrame(error), stack: cleanStack(error) };
  }
}

console.log(`\n${JSON.stringify(await load())}`);
process.exit();
