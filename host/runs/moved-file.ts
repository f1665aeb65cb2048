import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../store/store.ts';

/**
 * Where the workflow file of a run is, if it is not where it was and exactly one file of the workspace defines the
 * workflow.
 */
export async function movedFileOf(
  store: Store,
  run: number,
  fileOfWorkflow: (workflow: string) => string | undefined,
): Promise<string | undefined> {
  const { file, workflow } = await store.do('runItem', run);
  return existsSync(path.resolve(store.folder, file)) ? undefined : fileOfWorkflow(workflow);
}
