import type { WaitSpan } from '../step-counts.ts';
import type { Unit } from '../../../common/format.ts';
import type { Finding } from '../../../common/findings.ts';
import type { BatchStatus, InFlightStatus, StopAs } from '../../../common/status.ts';
import type { AnotherAttempt } from '../retry.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import type { AmountOf } from '../../store/amount-store.ts';
import type { EffectUser } from '../../store/effect-store.ts';
import type { PageOfItems } from '../../store/item-pages.ts';
import type { AttemptRow, BatchEnd, BatchRow, LogLine, StateWrite, Writer } from '../../store/records.ts';
import type { CacheEntry } from '../../store/cached-outputs.ts';
import type { CacheUse } from '../output-cache.ts';
import type { SharedWrite } from '../../store/shared-state.ts';
import type { ItemsToSetAside } from '../../store/set-aside.ts';
import type { StoredSplit } from '../../store/split-reader.ts';
import type { RateLimit } from '../../workflow/options.ts';
import type { StoreAnswer, StoreRequest } from './store-requests.ts';

/*
 * What a runner and its workers say to each other. The runner decides: it splits the items, hands out batches, keeps counts,
 * state and rate limits, and is the only one that writes. A worker executes one attempt of a batch and sends back what the
 * runner is to write. All messages are plain data; authors' values are the codec's text.
 *
 * Messages may come late, twice and out of order, as from a queue:
 * - What a worker sends of a job is numbered: the runner takes it in the order of `seq`, and what comes early waits.
 * - Each time a batch is handed out again, its epoch is higher. What comes of an earlier epoch changes nothing.
 * - A step continues when the runner has acknowledged its entry: that is in the store then, with all before it. What nobody waits
 *   for is not acknowledged.
 * - State goes to the workers with a version for each key: the highest one holds, whatever comes last.
 */

/** Raised when a message changes its meaning. Both sides refuse another version than their own. */
export const WORKER_PROTOCOL = 4;

/** One attempt of a batch, handed to a worker. */
export interface JobId {
  /** The number of the batch in the run. */
  readonly scope: number;
  /** Of the batch: its retries and re-runs raise it. */
  readonly attempt: number;
  /** Raised when the attempt is handed out again, because its worker is gone. */
  readonly epoch: number;
}

export interface Job extends JobId {
  /** Where its node stands: see Place. */
  readonly place: number;
  readonly index: number;
  readonly items: number;
  /** Its items in the codec's text. */
  readonly text: string;
  /** Whether the store has nothing of it: no step of it was ever executed. */
  readonly fresh: boolean;
  /** Attempts of the batch with this one, for `retryOn`; and how many it may have. */
  readonly attempts: number;
  readonly startedAt: number;
}

/** The steps of a scope that have a result, by name. Their outputs are in the store. */
export interface ScopeResults {
  readonly results: readonly (readonly [name: string, node: number, attempt: number])[];
  /** `ctx.last`, where it is none of them: in the codec's text. */
  readonly last: string | undefined;
}

/** A batch, or a round of a while, that the node of a job stands in. */
export interface AroundScope extends ScopeResults {
  readonly id: number;
  /** The node path of the batch node or while. */
  readonly path: string;
  readonly index: number;
  readonly attempt: number;
  /** How many items the batch has; undefined: it is a round. */
  readonly items: number | undefined;
}

/** A batch node in the scope that it stands in. A worker is told once, before the first job of it. */
export interface Place {
  readonly id: number;
  /** Node path, and the number that stands for it. */
  readonly path: string;
  readonly node: number;
  readonly root: ScopeResults;
  /** From the outside in. */
  readonly around: readonly AroundScope[];
  /** The numbers of the batch nodes that have begun: `ctx.results` reads those. */
  readonly begun: readonly (readonly [node: number, path: string])[];
  /** The numbers of these, of the node itself, and of the conditions around it. */
  readonly numbers: readonly (readonly [path: string, node: number])[];
}

/** A value of the run's state; null: the key was deleted. */
export interface StateEntry {
  readonly key: string;
  readonly text: string | null;
  readonly version: number;
}

/** What another worker, or this one, is told first. */
export interface Beginning {
  readonly protocol: number;
  readonly run: {
    readonly id: number;
    readonly uid: string;
    readonly workflow: string;
    readonly payload: string;
    /** See `RunFacts.keyBase`. */
    readonly keyBase?: string | undefined;
  };
  readonly graceMs: number;
  /** How its steps use outputs of earlier runs. */
  readonly cache: CacheUse | undefined;
  readonly nodes: readonly (readonly [path: string, node: number])[];
  readonly state: readonly StateEntry[];
  readonly concurrency: readonly (readonly [path: string, value: number])[];
}

export interface Ack extends JobId {
  /** Of an entry that is awaited. */
  readonly seq: number;
  /** Of a commit. */
  readonly commit?: CommitAnswer | undefined;
}

/**
 * What became of a step's writes into the state: they are in the store, with these values; or what they build on has
 * changed, and they are to be computed again from these.
 */
export interface CommitAnswer {
  readonly accepted: boolean;
  readonly entries: readonly StateEntry[];
}

export type ToWorker =
  | { readonly type: 'begin'; readonly beginning: Beginning }
  | { readonly type: 'place'; readonly place: Place }
  /** No job of the place comes any more. */
  | { readonly type: 'forget'; readonly place: number }
  /** Executed once the worker has had so many `state` messages: what earlier batches wrote is there. */
  | { readonly type: 'job'; readonly job: Job; readonly after: number }
  | { readonly type: 'acks'; readonly acks: readonly Ack[]; readonly after: number }
  /** Numbered from 1 for each worker. */
  | { readonly type: 'state'; readonly number: number; readonly entries: readonly StateEntry[] }
  /** Answers `nodes`. */
  | {
      readonly type: 'numbers';
      readonly ask: number;
      readonly nodes: readonly (readonly [path: string, node: number])[];
    }
  /** Numbers for scopes that the worker creates: from `first` on, so many. */
  | { readonly type: 'scopes'; readonly first: number; readonly count: number }
  /** Answers `start` and `take-effect`. */
  | { readonly type: 'go-on'; readonly ask: number }
  /** Answers `ask-store`. */
  | { readonly type: 'store-answer'; readonly ask: number; readonly answer: StoreAnswer }
  | { readonly type: 'concurrency'; readonly node: string; readonly value: number }
  /** The run stops: steps in flight are asked to end. */
  | { readonly type: 'stop'; readonly as: StopAs; readonly reason: string }
  /** Ends a job now: something around its batch has come to its end. */
  | { readonly type: 'abort'; readonly id: JobId; readonly name: string; readonly message: string };

/** What a step writes into the state, as its worker has computed it. */
export interface StateIntent {
  readonly key: string;
  readonly op: Exclude<StateWrite['op'], 'revert'>;
  /** The value afterwards, in the codec's text; null: deleted. Of an `incr`, the runner adds. */
  readonly text: string | null;
  /** Of an `incr`. */
  readonly by: number | undefined;
  /** The version of the key that it is computed from. Another one is no obstacle to a `set`, `delete` or `incr`. */
  readonly base: number;
  /** The version that the batch had read before it replaces the value: another one by now is a lost update. */
  readonly read: number | undefined;
  readonly delta: number | null;
  readonly adds: StateWrite['adds'];
}

/** The step that writes state, and the scopes it stands in: the innermost first. */
export interface StateAuthor extends Writer {
  readonly within: readonly number[];
}

/** What the runner is to write: the statements of RunWriter that a batch can ask for, with their arguments. */
export type Write =
  | readonly ['batches', PageOfItems]
  | readonly ['round', scope: number, node: number, parent: number, index: number]
  | readonly ['splitAgain', scope: number, attempt: number, count: number, items: string]
  | readonly ['splitProgress', node: number, parent: number, split: StoredSplit]
  | readonly ['batchRuns', scope: number, startedAt: number, status: InFlightStatus]
  | readonly ['batchEnds', end: BatchEnd]
  | readonly ['nextAttempt', of: BatchRow, status: BatchStatus, waitsUntil: number | undefined]
  | readonly ['finding', of: { readonly scope: number; readonly attempt: number }, finding: Finding]
  | readonly ['createsAmount', of: AmountOf, amount: bigint | null, unit: string]
  | readonly ['correctsAmount', of: AmountOf, amount: bigint, unit: string]
  | readonly ['setsAside', items: ItemsToSetAside]
  | readonly [
      'describesSetAside',
      of: AmountOf,
      item: number,
      label: string | null,
      amount: bigint | null,
      unit: string,
    ]
  | readonly ['attempt', row: AttemptRow]
  | readonly ['nextAttemptOfStep', of: Writer, waitsUntil: number | null, asked: number | undefined]
  | readonly ['cached', of: Writer, entry: CacheEntry, expiresAt: number | null]
  | readonly ['shared', of: Writer, write: SharedWrite]
  | readonly ['logs', of: Writer | undefined, lines: readonly LogLine[]]
  | readonly [
      'effectBegins',
      key: string,
      by: EffectUser,
      params: string | undefined,
      unit: Unit | undefined,
      at: number,
    ]
  | readonly ['effectDone', key: string, receipt: string | null, at: number, settled: 'verify' | null]
  | readonly ['effectNotDone', key: string, status: 'failed' | 'unknown', error: string | null, at: number]
  | readonly ['effectUsedBy', key: string, by: EffectUser];

/** How a job's counts have changed with an entry: what is in flight inside it, and what has come to an end. */
export interface ProgressChange {
  readonly nodes: readonly NodeChange[];
  readonly steps: readonly StepChange[];
  /** Attempts that have begun. */
  readonly executed: number;
  /** Batches inside it whose status has changed. */
  readonly batches: readonly (readonly [node: number, parent: number, index: number, status: BatchStatus])[];
}

/** Of a batch node inside. */
export interface NodeChange {
  readonly node: number;
  readonly path: string;
  readonly batches: CountsChange;
  readonly items: CountsChange;
  readonly complete: boolean;
}

export type CountsChange = readonly [
  succeeded: number,
  failed: number,
  running: number,
  waiting: number,
  cancelled: number,
  setAside: number,
];

export interface StepChange {
  readonly node: number;
  readonly path: string;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly retrying: number;
  readonly retries: number;
  readonly waited: number;
  /** How those in this job wait: all of them. */
  readonly waits: readonly WaitSpan[];
}

/** How a job came to its end. */
export type JobOutcome =
  /** With the step that gave the batch its result, if one did. */
  | { readonly kind: 'succeeded'; readonly last: readonly [node: number, attempt: number] | undefined }
  | {
      readonly kind: 'failed';
      readonly error: StoredError;
      /** Undefined: there is no other attempt. */
      readonly again: AnotherAttempt | undefined;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: 'cancelled'; readonly error: StoredError }
  | { readonly kind: 'stopped' };

interface EntryOf extends JobId {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Whether something goes on when it is acknowledged. */
  readonly awaited: boolean;
  readonly progress: ProgressChange | undefined;
  readonly writes: readonly Write[];
}

/** One part of what a job has come to. All of an entry is stored in one transaction. */
export type Entry =
  | (EntryOf & { readonly kind: 'writes' })
  /** A step that writes state. Not stored where what its `update` was computed from has changed. */
  | (EntryOf & { readonly kind: 'commit'; readonly author: StateAuthor; readonly intents: readonly StateIntent[] })
  | (EntryOf & { readonly kind: 'end'; readonly outcome: JobOutcome });

/** A line for whoever looks on, and the step that has logged it. It is stored with its step. */
export interface SaidLine {
  readonly line: LogLine;
  readonly by: { readonly path: string; readonly attempt: number; readonly batch: number | undefined } | undefined;
}

export type FromWorker =
  | { readonly type: 'ready'; readonly protocol: number; readonly code: string }
  /** Once a second: it is there. */
  | { readonly type: 'beat'; readonly memoryBytes: number }
  /** It cannot work: its file has changed, or does not load. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'bundle'; readonly entries: readonly Entry[] }
  /** Asks for the numbers of nodes: by path and kind. */
  | {
      readonly type: 'nodes';
      readonly ask: number;
      readonly nodes: readonly (readonly [path: string, kind: string])[];
    }
  | { readonly type: 'scopes' }
  /** Asks whether a batch inside may start: of a node with a rate limit. */
  | {
      readonly type: 'start';
      readonly ask: number;
      readonly node: number;
      readonly limits: readonly RateLimit[];
      readonly items: number;
    }
  /** Asks for an effect, which one worker at a time works at; and gives it back. */
  | { readonly type: 'take-effect'; readonly ask: number; readonly key: string }
  | { readonly type: 'release-effect'; readonly key: string }
  /**
   * Asks for something in the store, which a worker on another machine has not got. A negative number: it holds the process
   * up until the answer is here.
   */
  | { readonly type: 'ask-store'; readonly ask: number; readonly request: StoreRequest }
  /** A step has cancelled the run. */
  | { readonly type: 'stop'; readonly as: StopAs; readonly reason: string }
  | { readonly type: 'said'; readonly lines: readonly SaidLine[] }
  /** Lines of no step, or of one that has ended, to be stored. */
  | {
      readonly type: 'late-logs';
      readonly logs: readonly { readonly of: Writer | undefined; readonly lines: readonly LogLine[] }[];
    };

/** Tells jobs apart. Not with `:`, which some queues do not take in a name. */
export function jobKey({ scope, attempt, epoch }: JobId): string {
  return `${scope}/${attempt}/${epoch}`;
}
