import type { ChangedWork } from '../../common/changed-work.ts';
import type { Durability } from '../../common/durability.ts';
import type { Answer, ProbedInputs, ProbedItems } from '../run/probe/answer.ts';
import type { NodeAnswers } from '../run/changed-nodes/answers.ts';
import type { RerunRequest, RerunReport } from '../run/rerun/request.ts';
import type { Stop } from '../run/stop.ts';
import type { StepCount } from '../store/progress-queries.ts';
import type { RunCounts, RunSummary } from '../../common/run-summary.ts';
import type { WorkerCount } from '../../common/workers.ts';
import type { QueueSettings } from '../remote/queue-settings.ts';
import type { Graph } from '../workflow/graph.ts';

/*
 * The messages between a runner process and its parent. Authors' values are sent as the codec's text, or not at all: a
 * deeply nested value would crash the process that deserializes it.
 */

/**
 * The one thing that a runner does. `workers` execute the batches of nodes that say nothing of them; with a `queue`, workers on
 * other machines execute all.
 */
export type RunnerTask =
  | {
      readonly kind: 'inspect';
      readonly file: string;
      /** Only with what this workflow needs. @default All of the file */
      readonly workflow?: string | undefined;
    }
  | {
      readonly kind: 'start';
      readonly file: string;
      readonly store: string;
      readonly workflow: string | undefined;
      readonly payload: string;
      /** What the run is called by whoever starts it: it is started once. */
      readonly key?: string | undefined;
      /** The path of the webhook that starts it: its schema is asked before that of the workflow. */
      readonly webhook?: string | undefined;
      /** Steps with a `cache` are executed, whatever an earlier run has stored. */
      readonly noCache?: boolean | undefined;
      readonly durability?: Durability | undefined;
      readonly workers?: WorkerCount | undefined;
      readonly queue?: QueueSettings | undefined;
    }
  /** A run in a store of its own, as the workflow's option `demo` says. */
  | {
      readonly kind: 'demo';
      readonly file: string;
      readonly store: string;
      readonly workflow: string | undefined;
      readonly durability?: Durability | undefined;
      readonly workers?: undefined;
      readonly queue?: undefined;
    }
  /** `file` is the path of the workflow file now, if it was moved. */
  | {
      readonly kind: 'resume';
      readonly store: string;
      readonly run: number;
      readonly file?: string | undefined;
      readonly answers?: NodeAnswers | undefined;
      readonly noCache?: boolean | undefined;
      readonly durability?: Durability | undefined;
      readonly workers?: WorkerCount | undefined;
      readonly queue?: QueueSettings | undefined;
    }
  | {
      readonly kind: 'rerun';
      readonly store: string;
      readonly run: number;
      readonly file?: string | undefined;
      readonly request: RerunRequest;
      readonly durability?: Durability | undefined;
      readonly workers?: WorkerCount | undefined;
      readonly queue?: QueueSettings | undefined;
    }
  | ProbeTask;

/** Executes bodies of batches over chosen items, as often as it is asked to, and keeps nothing of it. */
export interface ProbeTask {
  readonly kind: 'probe';
  readonly store: string;
  readonly run: number;
  readonly file?: string | undefined;
  /** With the files as a session has executed them. @default As they are now */
  readonly version?: { readonly run: number; readonly session: number } | undefined;
  /**
   * It is to be looked at in a debugger. `listed`: whoever asks its port is told the address, as debuggers do that know only the
   * port. Everybody on this machine can ask.
   */
  readonly debugger?: DebuggerAddress | undefined;
}

export type DebuggerAddress = 'unlisted' | 'listed';

export type ToRunner =
  | { readonly type: 'task'; readonly task: RunnerTask }
  | ({ readonly type: 'stop' } & Stop)
  | ProbeRequest
  /** How many batches of a node, by its path, may run at a time from now on. */
  | { readonly type: 'concurrency'; readonly node: string; readonly value: number };

/** What a runner with a `ProbeTask` is asked, one after the other. `items` are indices in the batch that was opened last. */
export type ProbeRequest =
  | { readonly type: 'open'; readonly scope: number }
  | {
      readonly type: 'probe';
      readonly items: ProbedItems;
      readonly instrumented: boolean;
      /** Whether to read what the failing line names. */ readonly values: boolean;
    }
  | { readonly type: 'labels'; readonly items: readonly number[] }
  | { readonly type: 'inputs'; readonly items: ProbedItems }
  /** Executes it once with a debugger. All items: with the recorded results of the steps before `step`, which is a path or an id. */
  | {
      readonly type: 'debug';
      readonly items: readonly number[] | undefined;
      readonly step: string | undefined;
    };

/** New statuses of batches of one node in one scope: batch `indices[i]` now has `statuses[i]`. */
export interface BatchChanges {
  readonly node: number;
  /** The scope that contains the node; 0 is the workflow itself. */
  readonly parent: number;
  readonly indices: Uint32Array;
  readonly statuses: Uint8Array;
}

/** Why something cannot be done, in words for the person. */
export interface Problem {
  readonly name: string;
  readonly message: string;
  /** The same for the Studio: see common/told.ts. */
  readonly inStudio?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly codeFrame?: string | undefined;
  /** Of a payload: what its schema has found wrong in it, and where. */
  readonly issues?: readonly PayloadIssue[] | undefined;
  /** Of a run that cannot be continued: the work of which must be said what becomes of it. */
  readonly changed?: readonly ChangedWork[] | undefined;
  /** Of a run that was to be started once: the one that there is, which another process works on or which has ended. */
  readonly existing?: number | undefined;
}

export interface PayloadIssue {
  /** Names of members, and indices in lists; empty for the payload itself. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface LogEntry {
  readonly at: number;
  readonly level: string;
  readonly text: string;
  /** Node path of the step that logged it; absent when no step did. */
  readonly step?: string | undefined;
  readonly batch?: number | undefined;
  readonly attempt?: number | undefined;
  /** The run that it is a line of, where that is a part of this one: the step is one of that. */
  readonly part?: number | undefined;
}

export type FromRunner =
  /** `code` is the hash of all `files`. `also` is how many files of the folder were loaded for subflows. */
  | {
      readonly type: 'inspected';
      readonly graphs: readonly Graph[];
      readonly files: readonly string[];
      readonly code: string;
      readonly also: number;
    }
  /** The file of a run that exists is loaded: what follows takes as long as the run is large, or as another owner is silent. */
  | { readonly type: 'loaded' }
  /** `uid` names the run beyond its store, and `owner` the lease of its process. */
  | {
      readonly type: 'started';
      readonly run: number;
      readonly uid: string;
      readonly owner: string;
      readonly demo: boolean;
      readonly graph: Graph;
      readonly file: string;
      readonly report?: RerunReport | undefined;
      /** Of a run that was to be started once: it had been begun before, and goes on. */
      readonly isResumed?: boolean | undefined;
    }
  | { readonly type: 'progress'; readonly counts: RunCounts; readonly steps: readonly StepCount[] }
  | { readonly type: 'batches'; readonly changes: readonly BatchChanges[] }
  | { readonly type: 'logs'; readonly lines: readonly LogEntry[]; readonly dropped: number }
  /** A batch can be probed. `position` is the place of its first item in the source; `gone` is what is set aside of it. */
  | {
      readonly type: 'probing';
      readonly items: number;
      readonly position: number;
      readonly gone: readonly number[];
      readonly hasControl: boolean;
      /** Nothing that it would execute changes anything outside, says the author. */
      readonly isPure: boolean;
      readonly code: string;
    }
  | { readonly type: 'probed'; readonly answer: Answer }
  /** It waits for a debugger at this address; then it stops at the beginning of `step`, a path, or of the body of the batch. */
  | { readonly type: 'debugger'; readonly url: string; readonly step: string | undefined }
  | { readonly type: 'attached' }
  | { readonly type: 'labelled'; readonly labels: readonly (string | undefined)[] }
  | { readonly type: 'inputs'; readonly file: string; readonly inputs: ProbedInputs }
  /** It was asked to stop, and is writing that: it needs its time. */
  | { readonly type: 'ending' }
  /** The result is in the store. `isAll`: that has nothing more to say of how it ended than the summary, and nothing to do now. */
  | { readonly type: 'ended'; readonly summary: Omit<RunSummary, 'state' | 'output'>; readonly isAll: boolean }
  /** The run did not start, or did not end by itself. */
  | { readonly type: 'refused'; readonly problem: Problem };
