import { debugHost } from '../../engine/debug.ts';
import { FolderGuard } from '../trust/folder-guard.ts';
import type { FolderTrust } from '../trust/folder-trust.ts';
import { closeRuns, openRuns, type OpenRuns, type OpenRunsOptions } from './open-runs.ts';
import { WorkflowLoader } from './workflow-loader.ts';
import { Workspace } from './workspace.ts';

export interface OpenWorkspaceOptions extends OpenRunsOptions {
  readonly trust: FolderTrust;
  /** The files of the workspace have changed. */
  readonly onChange: (opened: Workspace) => void;
  /** Files of it were saved. */
  readonly onSaved: (files: ReadonlySet<string>) => void;
}

/** The folder that is open. It stays open while its runs and its demos take each other's place. */
interface OpenFolder {
  readonly guard: FolderGuard;
  readonly workspace: Workspace;
  readonly loader: WorkflowLoader;
}

/** All that belongs to the folder that is open, and is closed with it. */
export interface OpenWorkspace extends OpenFolder, OpenRuns {}

/** @throws when the folder cannot be opened */
export async function openWorkspace(folder: string, options: OpenWorkspaceOptions): Promise<OpenWorkspace> {
  const { trust, onChange, onSaved } = options;
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
  return { guard, workspace, loader, ...openRuns({ guard, workspace }, options) };
}

/** The same folder with its demos in the place of its runs, or the other way round. Those of before are to be closed. */
export function withOtherRuns({ guard, workspace, loader }: OpenFolder, options: OpenRunsOptions): OpenWorkspace {
  return { guard, workspace, loader, ...openRuns({ guard, workspace }, options) };
}

export async function closeWorkspace(opened: OpenWorkspace): Promise<void> {
  const { workspace, loader } = opened;
  workspace.close();
  loader.close();
  await closeRuns(opened);
  debugHost('workspace %s closed', workspace.folder);
}
