import type { MethodName } from './api.ts';

/*
 * What an exported file holds of a run: answers to what a page asks, and its batches and log lines in columns, from which the
 * page computes the answers to what it may ask of any of a million batches.
 */

export interface Recording {
  /** RECORDING_VERSION of common/recording/html.ts. */
  readonly version: number;
  /** PROTOCOL: the answers have the shapes of this version of the contract. */
  readonly protocol: number;
  readonly program: string;
  readonly recordedAt: number;
  readonly run: number;
  readonly title: string;
  /** Whether a person chose to have values in it. */
  readonly hasValues: boolean;
  readonly contents: readonly ContentLine[];
  readonly startedAt: number;
  readonly nodes: readonly { readonly node: number; readonly path: string }[];
  /** By `callKey`. */
  readonly calls: Readonly<Record<string, unknown>>;
  /** In which part others are, by `callKey`: they are large, and not needed at the start. */
  readonly elsewhere: Readonly<Record<string, number>>;
  readonly batches: readonly BatchColumns[];
  readonly messages: readonly string[];
  readonly fingerprints: readonly string[];
  readonly logs: LogColumns;
  /** Of the batches with all that is known of them: in which part. In order. */
  readonly details: { readonly scopes: Uint32Array; readonly parts: Uint32Array };
}

/** What is in a file, and what is not: shown before it is saved, and in it. */
export interface ContentLine {
  readonly what: string;
  readonly how: 'in it' | 'hidden' | 'not in it';
  readonly detail: string;
}

/** Another part of a file: answers about some batches, by `callKey`. */
export interface RecordingPart {
  readonly calls: Readonly<Record<string, unknown>>;
}

/** The batches of a node, in the order of the scopes that they stand in and of their indices. */
export interface BatchColumns {
  readonly node: number;
  readonly path: string;
  readonly scopes: Uint32Array;
  readonly parents: Uint32Array;
  readonly indices: Uint32Array;
  readonly items: Uint32Array;
  /** BatchStatus of common/status.ts, at rest. */
  readonly statuses: Uint8Array;
  readonly attempts: Uint32Array;
  /** Milliseconds since the run began; -1 where it did not begin. */
  readonly starts: Float64Array;
  /** Milliseconds; -1 where it did not end. */
  readonly took: Float64Array;
  /** From 1, places in `fingerprints` and in `messages`; 0 where it has not failed. */
  readonly causes: Uint32Array;
  readonly messages: Uint32Array;
  /** Who has executed it; 0: the process of the run. Empty where that is so of all. */
  readonly workers: Uint32Array;
  /** Those that were tried more than once, by their places in these columns, which are in order. */
  readonly tried: {
    readonly rows: Uint32Array;
    readonly attempts: Uint32Array;
    readonly retries: Uint32Array;
    readonly waited: Float64Array;
  };
  /** What the author calls some of them, by place; empty while values are hidden. */
  readonly labels: { readonly rows: Uint32Array; readonly texts: readonly string[] };
}

export interface LogColumns {
  readonly ids: Uint32Array;
  /** Milliseconds since 1970. */
  readonly at: Float64Array;
  readonly levels: readonly string[];
  readonly level: Uint8Array;
  readonly texts: readonly string[];
  readonly text: Uint32Array;
  /** Of the node; 0 without one. */
  readonly node: Uint32Array;
  readonly attempt: Uint32Array;
  /** Of the batch; 0 is the workflow itself. */
  readonly scope: Uint32Array;
  /** How many lines the run has that are not among these. */
  readonly left: number;
}

/** What is asked for, whichever way: how much of a long value is wanted, and how many lines, does not matter in a file. */
const NOT_TOLD_APART: ReadonlySet<string> = new Set(['run', 'full', 'limit', 'columns', 'from', 'to']);

export function callKey(method: MethodName, args: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(args).filter(([name, value]) => value !== undefined && !NOT_TOLD_APART.has(name));
  return `${method} ${JSON.stringify(Object.fromEntries(told.toSorted(([a], [b]) => (a < b ? -1 : 1))))}`;
}
