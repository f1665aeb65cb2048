import type { LogLine } from '../../store/records.ts';
import type { BatchNode, FlowNode } from '../../workflow/nodes.ts';
import type { Attempt } from '../attempt.ts';
import type { BatchFailure } from '../batch-attempt.ts';
import type { QueuedBatch } from '../batch-queue.ts';
import type { Scope } from '../scope.ts';
import type { FromWorker, JobId, ToWorker } from './protocol.ts';

/** A batch node that is about to execute its batches. */
export interface NodeOfBatches {
  readonly scope: Scope;
  readonly node: BatchNode;
  readonly id: number;
  readonly path: string;
  /** How many of its batches may run at a time, now. */
  readonly concurrency: () => number;
}

/** The processes that execute batches of a run. */
export interface Workers {
  /** Undefined where its batches are executed in this process. */
  open(node: NodeOfBatches): WorkerBatches | undefined;
  /** Whether one of them executes something, of which it will tell. */
  readonly isBusy: boolean;
  /** Looks at what people ask of it. */
  look(): void;
  /** Writes how the workers are. In a transaction of the journal. */
  beat(): void;
  /** Writes what they have come to, before the process of the run is done with it. In a transaction of the journal. */
  writeEnd(): void;
  /** The run is over: they end. @param why Undefined: its process cannot go on with it */
  close(why: string | undefined): void;
}

/** The batches of one node, executed by workers. */
export interface WorkerBatches {
  /** How many more than may run at a time are to be handed over, so that no worker waits for the next one. */
  readonly ahead: number;
  /** Executes one attempt of a batch: undefined when it has succeeded. */
  attempt(batch: QueuedBatch, scope: Scope, attempts: number): Promise<BatchFailure | undefined>;
  /** The node is done. */
  close(): void;
}

/** In a worker: what it asks of its runner in the middle of a job. */
export interface RunnerAccess {
  /** A promise where some of the nodes have no number yet. */
  numberNodes(scope: Scope, nodes: readonly FlowNode[]): Promise<void> | undefined;
  /**
   * Has the end of a step stored that writes state. Again, with `update` computed anew, as long as what it builds on changes.
   */
  commit(attempt: Attempt, write: WriteEnd): Promise<void>;
}

/** Makes the writes of a step's end. Gets what it has read of the state, and returns the lines of its log that go with them. */
export type WriteEnd = (reads: string | null) => readonly LogLine[];

/** Where a worker is, for people. */
export interface WorkerAbout {
  /** As the system calls the machine. */
  readonly host: string;
  /** Undefined: its process could not be started. */
  readonly pid: number | undefined;
  /** Its mailbox; undefined: it is a process of the runner. */
  readonly address: string | undefined;
}

/** A worker, for its runner. */
export interface WorkerLink {
  readonly about: WorkerAbout;
  /** @param isWaitedFor Whether something in the worker goes on when it comes. @default true */
  send(message: ToWorker, isWaitedFor?: boolean): void;
  /**
   * How many of the jobs of a place that it has it may execute at a time. Where there is no such function, it executes what it
   * is given.
   */
  setSlots?(place: number, count: number, number: number): void;
  /** Whether it is waited for: otherwise it does not keep the process of the runner alive. */
  hold(isHeld: boolean): void;
  /** @param why What one on another machine is told: it goes on from 'the run is over: ' */
  kill(why?: string): void;
}

/** How a worker is lost: its process has ended, or nothing is heard of it any more, which says little of its batches. */
export type LossKind = 'ended' | 'silent';

/** What a worker tells its runner. */
export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** It is gone, for that reason. @default 'ended' */
  readonly onLost: (reason: string, kind?: LossKind) => void;
  /** It finishes the batches that it has, and is to be given no others. */
  readonly onDraining?: () => void;
  /** It has held the job back, and does not execute it. */
  readonly onReturn?: (id: JobId) => void;
  /** It executes no more batches of a place than it was told with this number: see `setSlots`. */
  readonly onSlots?: (place: number, number: number) => void;
}

/** Starts a worker. Does not throw: one that cannot be started is lost. */
export type StartWorker = (events: WorkerEvents) => WorkerLink;

/** Workers that are not started by the runner: on other machines, they come and go while a run goes on. */
export interface RemoteSource {
  /** Begins with the workers that are there, and with each that comes. Returns what ends that. */
  watch(run: RemoteRun): () => void;
}

/** A run that workers come to. */
export interface RemoteRun {
  readonly uid: string;
  /** @param concurrency How many batches the worker executes at a time */
  readonly onWorker: (start: StartWorker, concurrency: number) => void;
  /** The workers that are there with other code than its own, whenever they may have changed. */
  readonly onOtherCode: (workers: readonly WorkerAbout[]) => void;
  /** Whether a person wants the worker of an address to get no more batches of it. */
  readonly isDrained: (address: string) => boolean;
  /** Whether it has batches and no worker to execute them. */
  readonly isWaiting: () => boolean;
  /** For the log of the run. */
  readonly say: (level: LogLine['level'], text: string) => void;
}
