import type { Pages } from '../api/pages.ts';
import { BatchDebugs } from '../items/batch-debugs.ts';
import { ItemChecks } from '../items/item-checks.ts';
import { ItemPins } from '../items/item-pins.ts';
import { ItemSearches } from '../items/item-searches.ts';
import { failed } from '../api/outcomes.ts';
import { OpenTriggers, type Launch } from '../triggers/open-triggers.ts';
import { Interruptions } from '../runs/interruptions.ts';
import { Runs } from '../runs/runs.ts';
import { CorrectedFiles } from '../spreadsheet/corrected-files.ts';
import { StoreUpkeep } from '../store/store-upkeep.ts';
import { Store } from '../store/store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import type { FolderQueue } from './folder-queue.ts';
import type { SettingsOfFolders } from './folder-settings.ts';
import type { WorkflowLoader } from './workflow-loader.ts';
import type { Workspace } from './workspace.ts';

export interface OpenRunsOptions {
  /** The store of runs, where it is not the project's own: `--store`. */
  readonly store?: string | undefined;
  /** Shows the demos of the folder, which have a store of their own. */
  readonly isDemo: boolean;
  readonly launch: Launch;
  readonly settings: SettingsOfFolders;
  readonly pages: Pages;
  readonly killAfterMs?: number | undefined;
  readonly onError: (error: unknown) => void;
}

/** The folder that is open. It stays open while its runs and its demos take each other's place. */
export interface OpenFolder {
  readonly guard: FolderGuard;
  readonly workspace: Workspace;
  readonly loader: WorkflowLoader;
  readonly queue: FolderQueue;
}

/** The runs of the folder that is open, or its demos, and all that is done with them. */
export interface OpenRuns {
  readonly isDemo: boolean;
  readonly store: Store;
  readonly upkeep: StoreUpkeep;
  readonly runs: Runs;
  readonly triggers: OpenTriggers;
  readonly interruptions: Interruptions;
  readonly items: ItemSearches;
  readonly checks: ItemChecks;
  readonly pins: ItemPins;
  readonly debugs: BatchDebugs;
  readonly correctedFiles: CorrectedFiles;
}

export function openRuns({ guard, workspace, queue }: OpenFolder, options: OpenRunsOptions): OpenRuns {
  const { settings, pages, killAfterMs, isDemo, onError } = options;
  const named = isDemo ? undefined : options.store;
  const store = new Store(
    named ?? (isDemo ? workspace.demoStoreFile : workspace.storeFile),
    workspace.folder,
    undefined,
    named !== undefined,
  );
  // Runs may change before anybody has looked for interrupted ones.
  let interruptions: Interruptions | undefined;
  const correctedFiles = new CorrectedFiles({ store, guard, fileOfWorkflow: id => workspace.fileOf(id) });
  const runs = new Runs({
    store,
    guard,
    killAfterMs,
    queue: () => queue.offered,
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
  // A demo is begun again, and not resumed.
  if (!isDemo) void interruptions.look();
  const upkeep = new StoreUpkeep({ store, isTrusted: () => guard.isTrusted, onError });
  const triggers = new OpenTriggers({
    store,
    launch: options.launch,
    isDemo,
    // Of a folder that is not trusted nothing is known that could fire.
    files: () => (guard.isTrusted && !isDemo ? workspace.shown().files : []),
    start: async ({ file, workflow, payload, ...by }) => {
      const found = workspace.workflowFile(file);
      if (found === undefined) return failed({ name: 'ChoiceError', message: `The file ${file} is gone.` });
      return await runs.start(found, workflow, payload, by);
    },
    resume: run => runs.resume(run),
    settings: {
      get: () => settings.of(guard.folder),
      change: change => settings.change(guard.folder, change),
    },
    onError,
  });
  const items = new ItemSearches({
    store,
    guard,
    codeOf: item => workspace.codeOf(item, store.file),
    fileOfWorkflow: id => workspace.fileOf(id),
    onSearch: search => pages.noteSearch(search),
    onError,
  });
  const checks = new ItemChecks({
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
  return { isDemo, store, upkeep, runs, triggers, interruptions, items, checks, pins, debugs, correctedFiles };
}

export async function closeRuns(opened: OpenRuns): Promise<void> {
  const { store, upkeep, runs, triggers, interruptions, items, checks, pins, debugs, correctedFiles } = opened;
  upkeep.close();
  await Promise.all([items.close(), checks.close(), pins.close(), debugs.close(), correctedFiles.end()]);
  await triggers.close();
  // It starts no others, and waits for none: those that it has started are stopped with the rest.
  const notResuming = interruptions.close();
  await runs.close();
  await notResuming;
  await store.close();
}
