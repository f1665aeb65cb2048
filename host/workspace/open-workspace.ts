import { debugHost } from '../../engine/debug.ts';
import { FolderGuard } from '../trust/folder-guard.ts';
import type { FolderTrust } from '../trust/folder-trust.ts';
import { FolderQueue, type LaunchQueues } from './folder-queue.ts';
import { closeRuns, openRuns, type OpenFolder, type OpenRuns, type OpenRunsOptions } from './open-runs.ts';
import { WorkflowLoader } from './workflow-loader.ts';
import { Workspace } from './workspace.ts';

export interface OpenWorkspaceOptions extends OpenRunsOptions {
  readonly trust: FolderTrust;
  /** Over which workers on other machines are found. */
  readonly queues?: LaunchQueues | undefined;
  /** The files of the workspace, or its queue, have changed. */
  readonly onChange: (opened: Workspace) => void;
  /** Files of it were saved. */
  readonly onSaved: (files: ReadonlySet<string>) => void;
}

/** All that belongs to the folder that is open, and is closed with it. */
export interface OpenWorkspace extends OpenFolder, OpenRuns {}

/** @throws when the folder cannot be opened */
export async function openWorkspace(folder: string, options: OpenWorkspaceOptions): Promise<OpenWorkspace> {
  const { trust, queues, onChange, onSaved } = options;
  const guard = await FolderGuard.of(folder, trust);
  const loader = new WorkflowLoader(guard);
  const workspace = await Workspace.open({
    folder: guard.folder,
    guard,
    loader,
    onChange: () => onChange(workspace),
    onSaved,
  });
  debugHost('workspace %s opened, %s', workspace.folder, guard.isTrusted ? 'trusted' : 'not trusted');
  const queue = new FolderQueue({ guard, queues, onChange: () => onChange(workspace) });
  const opened = { guard, workspace, loader, queue };
  return { ...opened, ...openRuns(opened, options) };
}

/** The same folder with its demos in the place of its runs, or the other way round. Those of before are to be closed. */
export function withOtherRuns(
  { guard, workspace, loader, queue }: OpenFolder,
  options: OpenRunsOptions,
): OpenWorkspace {
  const folder = { guard, workspace, loader, queue };
  return { ...folder, ...openRuns(folder, options) };
}

export async function closeWorkspace(opened: OpenWorkspace): Promise<void> {
  const { workspace, loader, queue } = opened;
  workspace.close();
  queue.close();
  loader.close();
  await closeRuns(opened);
  debugHost('workspace %s closed', workspace.folder);
}
