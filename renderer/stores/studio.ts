import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type {
  Args,
  ChangedWork,
  Debugging,
  Interrupted,
  RunItem,
  FailureCause,
  ItemCheck,
  ItemSearch,
  Result,
  ListedRun,
  LogLine,
  LostUpdate,
  Problem,
  Progress,
  QueuedRerun,
  RerunRequest,
  RunDetail,
  RunHistory,
  Workspace,
  WorkflowRef,
  OpenWait,
} from '../../host/api/api.ts';
import type { Theme, View } from '../../host/api/app-command.ts';
import type { Recording } from '../../host/api/recording.ts';
import type { Connection } from '../client/client.ts';
import { ALL_BATCHES, type BatchesShown, type DrawerTab, type InspectorTab } from '../model/address.ts';
import { COMPARE_AT_FIRST, type CompareShown } from '../model/compare/compare-address.ts';
import type { CorrectionsFound } from '../model/corrections.ts';
import type { RunModel } from '../model/run-model.ts';
import type { Selection } from '../model/selection.ts';
import type { AskedClimb } from './climb.ts';
import type { Evaluation } from './evaluation.ts';

export type { Theme, View } from '../../host/api/app-command.ts';
export type { BatchesShown, ColourBy, DrawerTab, InspectorTab } from '../model/address.ts';
/** What can be folded away beside the views. */
export type SidePanel = 'sidebar' | 'inspector' | 'drawer';

/** What the inspector shows. */
export type Inspected =
  | { readonly kind: 'run' }
  | { readonly kind: 'node'; readonly path: string }
  | { readonly kind: 'batch'; readonly node: number; readonly index: number; readonly parent?: number };

/** In which failed batches items at fault are looked for; without a node in all of them. */
export interface FindRequest {
  readonly node?: string;
  readonly batches?: number[];
}

/** The failed batch to be debugged. */
export type DebugRequest = Pick<Args<'debugBatch'>, 'node' | 'batch' | 'scope'>;

export type Dialog =
  | { readonly kind: 'run'; readonly workflow: WorkflowRef }
  | {
      readonly kind: 'rerun';
      readonly request: RerunRequest;
      readonly text: string;
      /** The queued re-run that was refused, and is asked for again. */
      readonly instead?: number;
    }
  /** Of the open run, whose resume was refused for these. */
  | { readonly kind: 'resume'; readonly changed: readonly ChangedWork[] }
  | { readonly kind: 'cancel-run' }
  /** The number of a worker of the open run. */
  | { readonly kind: 'drain-worker'; readonly worker: number }
  /** Of what a run waits for; `title` is what its step is called. */
  | {
      readonly kind: 'decide';
      readonly run: number;
      readonly wait: OpenWait;
      readonly title: string;
      readonly approves: boolean;
    }
  /** Whether steps may be executed to look for items at fault. */
  | { readonly kind: 'find-items'; readonly request: FindRequest; readonly isCheck?: boolean }
  /** Whether steps may be executed in a debugger. */
  | { readonly kind: 'debug-batch'; readonly request: DebugRequest }
  | {
      readonly kind: 'edit-items';
      readonly node: number;
      readonly index: number;
      /** As they were edited before. */
      readonly items?: string;
    }
  | {
      /** An item that is set aside. */
      readonly kind: 'edit-aside';
      readonly scope: number;
      readonly item: number;
      /** What it is called. */
      readonly name: string;
    }
  /** A file that somebody has corrected, and what it changes. */
  | { readonly kind: 'take-back'; readonly name: string; readonly found: CorrectionsFound }
  /** Its name and note. */
  | { readonly kind: 'label-run'; readonly item: RunItem }
  | { readonly kind: 'delete-run'; readonly item: RunItem }
  | { readonly kind: 'new-workflow' }
  | { readonly kind: 'trust' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }
  /** What the exported file that is shown has in it. */
  | { readonly kind: 'contents' }
  /** To export the open run as a file. */
  | { readonly kind: 'share'; readonly run: number };

/** The open run as it was at a moment. */
export interface Past {
  /** Milliseconds since the run began. */
  readonly at: number;
  /** The same, once the moment stays: for the address. */
  readonly settled: number | undefined;
  readonly model: RunModel;
  readonly progress: Progress;
  readonly history: RunHistory;
}

export interface StudioState {
  // Of the connection
  /** `outdated`: the host speaks another protocol than this page, which was loaded before an update. */
  readonly connection: Connection | 'outdated';
  readonly lostSince: number | undefined;
  readonly shell: Result<'hello'>['shell'] | undefined;
  /** The exported file that is shown in the place of a workspace: nothing in it can be run or changed. */
  readonly recording: Recording | undefined;
  /** Whether it was opened in the Studio, which goes on without it. */
  readonly recordingIsOpenedHere: boolean;
  readonly workspace: Workspace | undefined;
  /** Newest first. */
  readonly runs: readonly ListedRun[];
  readonly runsComplete: boolean;
  /** Those that stand first, the latest pin first. */
  readonly pinned: readonly ListedRun[];
  /** How the last runs of each workflow went. */
  readonly histories: Result<'getHistories'>['workflows'];
  /** What the filter of the list finds among all runs of the store; `runs` are missing until the first answer. */
  readonly runSearch:
    | {
        readonly search: string;
        /** Only runs of this workflow. */
        readonly of: WorkflowRef | undefined;
        readonly runs: readonly ListedRun[] | undefined;
        readonly isComplete: boolean;
      }
    | undefined;

  /** The failed batch that is executed in a debugger, or was, until that is closed. */
  readonly debugging: Debugging | undefined;
  /** The runs that were interrupted before the folder was opened. */
  readonly interrupted: Interrupted | undefined;

  // Of the workflow or run that is open
  readonly workflow: WorkflowRef | undefined;
  readonly runId: number | undefined;
  /** The run that an address named, and that cannot be shown. Nothing else is open then. */
  readonly missingRun: number | undefined;
  readonly detail: RunDetail | undefined;
  readonly model: RunModel | undefined;
  /** Totals, renewed a few times a second. */
  readonly progress: Progress | undefined;
  /** The moment that is shown in the place of now: see stores/past.ts. */
  readonly past: Past | undefined;
  readonly problems: { readonly causes: readonly FailureCause[]; readonly lost: readonly LostUpdate[] } | undefined;
  /** The items at fault that are known. */
  readonly findings: Result<'getFindings'> | undefined;
  /** The search for them, as far as this page has heard of it. */
  readonly search: ItemSearch | undefined;
  /** What they come to with the code as it is now. */
  readonly check: ItemCheck | undefined;
  /** The item to be looked at in its batch. */
  readonly shownItem: { readonly scope: number; readonly item: number } | undefined;
  readonly logs: readonly LogLine[];
  readonly logsDropped: number;
  /** The store has lines before those in `logs`. */
  readonly logsHaveEarlier: boolean;

  // Of the screen
  readonly view: View;
  readonly drawer: DrawerTab;
  /** The height that the view asks for, in CSS pixels, before the drawer below it takes more than it must. */
  readonly viewNeeds: number;
  /** Which panels are open. */
  readonly panels: Readonly<Record<SidePanel, boolean>>;
  /** Which bodies of batch nodes a person has closed in the graph (true) or opened. */
  readonly foldedBodies: ReadonlyMap<string, boolean>;
  readonly inspected: Inspected;
  readonly inspectorTab: InspectorTab;
  readonly selection: Selection | undefined;
  /** The selected batches are being written to a file: how far that has come. */
  readonly exporting: { readonly text: string; readonly stop: () => void } | undefined;
  /** The batch node that was chosen to be shown; what is pointed at later goes before it. */
  readonly shownNode: number | undefined;
  /** What the batches are coloured by, where it is a person's own expression. */
  readonly evaluation: Evaluation | undefined;
  /** A re-run that is to climb, and is being looked at before it begins. */
  readonly climbAsked: AskedClimb | undefined;
  /** A climb that goes on does not stand over the inspector: a person looks at something else meanwhile. */
  readonly climbHidden: boolean;
  readonly batches: BatchesShown;
  readonly compare: CompareShown;
  readonly dialog: Dialog | undefined;
  /** Whether something was typed into the dialog: no other dialog takes its place then. */
  readonly dialogIsChanged: boolean;
  readonly presenting: boolean;
  readonly theme: Theme;
  /** Something that went wrong and is to be read, until it is closed. */
  readonly notice: Problem | undefined;
}

/** How many runs a page of the list has. */
export const RUNS_PAGE = 200;

/** What is there while no run is open. */
export const NO_RUN = {
  runId: undefined,
  missingRun: undefined,
  detail: undefined,
  model: undefined,
  progress: undefined,
  past: undefined,
  problems: undefined,
  findings: undefined,
  search: undefined,
  check: undefined,
  shownItem: undefined,
  logs: [],
  logsDropped: 0,
  logsHaveEarlier: false,
  selection: undefined,
  evaluation: undefined,
  climbAsked: undefined,
  climbHidden: false,
  shownNode: undefined,
} satisfies Partial<StudioState>;

export const studio = createStore<StudioState>()(() => ({
  connection: 'connecting',
  debugging: undefined,
  interrupted: undefined,
  lostSince: undefined,
  shell: undefined,
  recording: undefined,
  recordingIsOpenedHere: false,
  workspace: undefined,
  runs: [],
  runsComplete: false,
  pinned: [],
  histories: [],
  runSearch: undefined,
  workflow: undefined,
  ...NO_RUN,
  view: 'graph',
  drawer: 'problems',
  viewNeeds: 0,
  panels: { sidebar: true, inspector: true, drawer: true },
  foldedBodies: new Map(),
  inspected: { kind: 'run' },
  inspectorTab: 'summary',
  exporting: undefined,
  batches: ALL_BATCHES,
  compare: COMPARE_AT_FIRST,
  dialog: undefined,
  dialogIsChanged: false,
  presenting: false,
  theme: 'system',
  notice: undefined,
}));

/** An old run may not be in the list yet. */
export function openItem({ runs, runId, detail }: StudioState): RunItem | undefined {
  const item = runs.find(({ run }) => run === runId) ?? detail?.item;
  return item === undefined || item.status === 'damaged' ? undefined : item;
}

/** The open run, where it is a part of another one. */
export function openPart(state: StudioState): RunItem | undefined {
  const item = openItem(state);
  return item?.partOf === undefined ? undefined : item;
}

const NONE_QUEUED: readonly QueuedRerun[] = [];

/** The re-runs that wait until the open run has ended, or were refused. */
export function queuedReruns(state: StudioState): readonly QueuedRerun[] {
  return openItem(state)?.queued ?? NONE_QUEUED;
}

/** What the open run was asked to become, and is not yet. */
export function stoppingAs(state: StudioState): RunItem['stopping'] {
  return state.progress?.status === 'running' ? openItem(state)?.stopping : undefined;
}

/** Reads a part of the state in a component. */
export function useStudio<T>(select: (state: StudioState) => T): T {
  return useStore(studio, select);
}
