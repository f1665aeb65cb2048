import path from 'node:path';
import { installHooks } from '../../engine/load/hooks.ts';
import { loadWorkflows } from '../../engine/load/load.ts';
import { ownFile } from '../../engine/own-file.ts';
import { startRun, type RunEnvironment } from '../../engine/run/execute.ts';
import { chooseWorkflow } from '../../engine/runner/choose-workflow.ts';
import { workerProcesses } from '../../engine/runner/worker-parent.ts';
import { openStore } from '../../engine/store/open.ts';
import { takeDefinitions, whileLoading } from '../../engine/workflow/registry.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';

/*
 * A runner whose workers have not got the store's file, as those on other machines have not, and are processes of this one all
 * the same: node remote-run.ts <workflow file> <store>. Prints what has become of the run.
 */

const [file = '', store = ''] = process.argv.slice(2);

installHooks({ engineUrl: ownFile('engine/index').href });
process.chdir(path.dirname(file));
const loaded = await whileLoading(() => loadWorkflows(file, { takeDefinitions }));
const definition = chooseWorkflow(loaded, undefined);
drawGraph(definition);
const environment: RunEnvironment = {
  db: openStore(store, { mode: 'create' }),
  storeFile: store,
  isOwnProcess: true,
  file,
  definition,
  code: { hash: loaded.codeHash, sources: loaded.sources },
  startWorker: workerProcesses({ file, workflow: definition.id, store: undefined }),
};
const run = await startRun(environment, file, {});
process.stdout.write(`${JSON.stringify(await run.done)}\n`);
