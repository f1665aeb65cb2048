/**
 * A runner reduced to loading. Its parent tells it what to do, one task after the other (see project.ts):
 *
 *   load      loads a workflow file, and calls the first workflow's `run` if it has one; once per process, as
 * loadWorkflows wants it
 *   run       what the workflow of each of these files returns or throws
 *   explain   what is said about each of these files, none of which can be imported
 */
import { pathToFileURL } from 'node:url';

import { explain } from '../../engine/load/explain.ts';
import { cleanStack, topUserFrame, userFrames } from '../../engine/load/frames.ts';
import { installHooks, loadedFiles } from '../../engine/load/hooks.ts';
import { LoadError, loadWorkflows } from '../../engine/load/load.ts';
import { callSite } from '../../engine/workflow/callsite.ts';
import { cronflow, takeDefinitions, type FakeWorkflow } from './fake-engine.ts';

export interface Task {
  kind: 'load' | 'run' | 'explain';
  /** Where the process is to stand: messages name files from there. */
  folder: string;
  files: string[];
  timeoutMs?: number | undefined;
}

const perform = {
  async load({ files: [file = ''], timeoutMs }: Task) {
    try {
      const loaded = await loadWorkflows(file, { takeDefinitions, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      const ran = await run(loaded.workflows[0]);
      return { ...loaded, workflows: loaded.workflows.map(({ id }) => id), ran, loadedFiles: loadedFiles().length };
    } catch (error) {
      if (error instanceof LoadError) return { error: fieldsOf(error) };
      throw error;
    }
  },

  async run({ files }: Task) {
    const ran = [];
    for (const file of files) {
      await import(pathToFileURL(file).href);
      ran.push(await run(takeDefinitions()[0]));
    }
    return ran;
  },

  async explain({ files }: Task) {
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
  },
};

async function run(workflow: FakeWorkflow | undefined) {
  try {
    return { value: await workflow?.run?.() };
  } catch (error) {
    return { frames: userFrames(error), top: topUserFrame(error), stack: cleanStack(error) };
  }
}

function fieldsOf({ kind, message, file, line, column, codeFrame }: LoadError) {
  return { kind, message, file, line, column, codeFrame };
}

Object.assign(globalThis, { callSite, theEngine: cronflow });
installHooks({ engineUrl: new URL('./fake-engine.ts', import.meta.url).href });

// Like a runner it listens to its parent, which by itself keeps a process alive, and ends with it.
let before = Promise.resolve();
process.on('message', (task: Task) => {
  before = before.then(async () => {
    process.chdir(task.folder);
    process.send?.(await perform[task.kind](task));
  });
});
process.on('disconnect', () => process.exit());
