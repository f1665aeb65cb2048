import { label } from '../model/shown-text.ts';
import type { StudioState } from './studio.ts';

/** What the open workflow, or that of the open run, is called. */
export function openName({ workflow, workspace, detail }: StudioState): string | undefined {
  if (!workflow) return undefined;
  const graphs = workspace?.files.find(({ file }) => file === workflow.file)?.graphs;
  const name = detail?.item.name ?? graphs?.find(({ id }) => id === workflow.workflow)?.name;
  return label(name ?? (workflow.workflow || workflow.file), 200);
}
