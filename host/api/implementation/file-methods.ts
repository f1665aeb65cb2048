import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readSourceIfThere } from '../../../engine/load/code-changes.ts';
import { openInEditor } from '../../workspace/editor.ts';
import type { OpenWorkspace } from '../../workspace/open-workspace.ts';
import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Implementation } from '../boundary.ts';
import { failed } from '../outcomes.ts';

/** The source files of runs. */
export function fileMethods(session: WorkspaceSession) {
  return {
    getSource: async args => {
      const text = await session.current.store.do('sourceText', args);
      return text === null ? null : { file: args.file, text, changed: (await readSourceIfThere(args.file)) !== text };
    },
    openInEditor: async ({ run, file, line, column }) => {
      const found = await fileToOpen(session.current, run, file);
      return found === undefined
        ? failed({ name: 'EditorError', message: `${file} is not a file of this workspace or of the run.` })
        : await openInEditor(found, line, column);
    },
  } satisfies Partial<Implementation>;
}

/** A page may open a file of the workspace, or a source of the run. A link must not lead it anywhere else. */
async function fileToOpen(
  { workspace, store }: OpenWorkspace,
  run: number | undefined,
  named: string,
): Promise<string | undefined> {
  const file = path.resolve(workspace.folder, named);
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isFile()) return undefined;
  if (real.startsWith(`${workspace.folder}${path.sep}`)) return real;
  return run !== undefined && real === file && (await store.do('isSource', { run, file })) ? real : undefined;
}
