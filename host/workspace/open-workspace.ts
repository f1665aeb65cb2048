import { debugHost } from '../../engine/debug.ts';
import type { Pages } from '../api/pages.ts';
import { BatchDebugs } from '../items/batch-debugs.ts';
import { ItemChecks } from '../items/item-checks.ts';
import { ItemPins } from '../items/item-pins.ts';
import { ItemSearches } from '../items/item-searches.ts';
import { Interruptions } from '../runs/interruptions.ts';
import { Runs } from '../runs/runs.ts';
import { StoreUpkeep } from '../store/store-upkeep.ts';
import { Store } from '../store/store.ts';
import { CorrectedFiles } from '../spreadsheet/corrected-files.ts';
import { FolderGuard } from '../trust/folder-guard.ts';
import type { FolderTrust } from '../trust/folder-trust.ts';
import type { SettingsOfFolders } from './folder-settings.ts';
import { WorkflowLoader } from './workflow-loader.ts';
import { Workspace } from './workspace.ts';

export interface OpenWorkspaceOptions {
  /** The store of runs, where it is not the project's own: `--store`. */
  readonly store?: string | undefined;
  readonly trust: FolderTrust;
  readonly settings: SettingsOfFolders;
  readonly pages: Pages;
  readonly killAfterMs?: number | undefined;
  /** The files of the workspace have changed. */
  readonly onChange: (opened: Workspace) => void;
  readonly onError: (error: unknown) => void;
}

/** All that belongs to the folder that is open, and is closed with it. */
export interface OpenWorkspace {
  readonly guard: FolderGuard;
  readonly workspace: Workspace;
  readonly loader: WorkflowLoader;
  readonly store: Store;
  readonly upkeep: StoreUpkeep;
  readonly runs: Runs;
  readonly interruptions: Interruptions;
  readonly items: ItemSearches;
  readonly checks: ItemChecks;
  readonly pins: ItemPins;
  readonly debugs: BatchDebugs;
  readonly correctedFiles: CorrectedFiles;
}

/** @throws when the folder cannot be opened */
export async function openWorkspace(folder: string, options: OpenWorkspaceOptions): Promise<OpenWorkspace> {
  const { trust, settings, pages, killAfterMs, onChange, onError } = options;
  const guard = await FolderGuard.of(folder, trust);
  const loader = new WorkflowLoader(guard);
  // Files may be saved before there is anything to check.
  let checks: ItemChecks | undefined;
  const workspace = await Workspace.open({
    folder: guard.folder,
    guard,
    loader,
    onChange: () => onChange(workspace),
    onSaved: files => void checks?.saved(files),
  });
  const store = new Store(
    options.store ?? workspace.storeFile,
    workspace.folder,
    undefined,
    options.store !== undefined,
  );
  // Runs may change before anybody has looked for interrupted ones.
  let interruptions: Interruptions | undefined;
  const correctedFiles = new CorrectedFiles({ store, guard, fileOfWorkflow: id => workspace.fileOf(id) });
  const runs = new Runs({
    store,
    guard,
    killAfterMs,
    fileOfWorkflow: id => workspace.fileOf(id),
    codeOf: item => workspace.codeOf(item, store.file),
    engineRequest: (run, request) => correctedFiles.engineRequest(run, request),
    onItem: item => {
      interruptions?.noteRun(item);
      pages.noteRun(item);
    },
    onGone: run => {
      interruptions?.noteGone(run);
      pages.noteGone(run);
    },
    mirrors: {
      onNews: () => pages.plan(),
      onLogs: (run, lines, dropped) => pages.noteLogs(run, lines, dropped),
      onError,
    },
  });
  interruptions = new Interruptions({
    store,
    runs,
    isTrusted: () => guard.isTrusted,
    settings: {
      get: () => settings.of(guard.folder),
      change: change => settings.change(guard.folder, change),
    },
    onChange: interrupted => pages.noteInterrupted(interrupted),
    onError,
  });
  void interruptions.look();
  const upkeep = new StoreUpkeep({ store, isTrusted: () => guard.isTrusted, onError });
  const items = new ItemSearches({
    store,
    guard,
    codeOf: item => workspace.codeOf(item, store.file),
    fileOfWorkflow: id => workspace.fileOf(id),
    onSearch: search => pages.noteSearch(search),
    onError,
  });
  checks = new ItemChecks({
    store,
    guard,
    fileOfWorkflow: id => workspace.fileOf(id),
    watchedRuns: () => pages.watched(),
    onCheck: check => pages.noteCheck(check),
    onError,
  });
  const pins = new ItemPins({ store, guard, fileOfWorkflow: id => workspace.fileOf(id) });
  const debugs = new BatchDebugs({
    store,
    guard,
    codeOf: item => workspace.codeOf(item, store.file),
    fileOfWorkflow: id => workspace.fileOf(id),
    onDebugging: debugging => pages.noteDebugging(debugging),
    onError,
  });
  debugHost('workspace %s opened, %s', workspace.folder, guard.isTrusted ? 'trusted' : 'not trusted');
  return { guard, workspace, loader, store, upkeep, runs, interruptions, items, checks, pins, debugs, correctedFiles };
}

export async function closeWorkspace(opened: OpenWorkspace): Promise<void> {
  const { workspace, loader, store, upkeep, runs, interruptions, items, checks, pins, debugs, correctedFiles } = opened;
  workspace.close();
  loader.close();
  upkeep.close();
  await Promise.all([items.close(), checks.close(), pins.close(), debugs.close(), correctedFiles.end()]);
  // It starts no others, and waits for none: those that it has started are stopped with the rest.
  const notResuming = interruptions.close();
  await runs.close();
  await notResuming;
  await store.close();
  debugHost('workspace %s closed', workspace.folder);
}
