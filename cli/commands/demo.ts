import { existsSync } from 'node:fs';
import { systemClock } from '../../engine/run/clock.ts';
import { deleteDemos } from '../../engine/store/delete-demos.ts';
import { storeOfProject } from '../../engine/store/own-store.ts';
import { DEMO_STORE } from '../../engine/store/project-store.ts';
import { parseArguments, text } from '../arguments.ts';
import { fromCaller } from '../caller-paths.ts';
import { followRun } from '../follow-run.ts';
import { withStore } from '../with-store.ts';
import { workflowNamed } from '../workflow-named.ts';

export async function demo(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'demo', 'a workflow file, or the id of a workflow', {
    workflow: { type: 'string' },
    reset: { type: 'boolean' },
  });
  const { file, workflow } = await workflowNamed(operand, text(values.workflow));
  const named = text(values.store);
  const store = named === undefined ? storeOfProject(file, DEMO_STORE) : fromCaller(named);
  if (values.reset === true && existsSync(store))
    await withStore(store, 'write', db => deleteDemos(db, systemClock.now));
  return await followRun({ kind: 'demo', file, store, workflow }, values.json === true);
}
