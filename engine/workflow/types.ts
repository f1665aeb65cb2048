/** What a workflow author sees of the engine: `cronflow`, and the types of what it hands out. Types only. */

import type { Duration, Hook } from './context-types.ts';
import type { Workflow } from './flow-types.ts';

export type * from './context-types.ts';
export type * from './option-types.ts';
export type * from './test-types.ts';
export type { BodyFlow, Flow, FlowKind, Modifiable, OpenIf, Workflow } from './flow-types.ts';

/** A schema of any library that follows Standard Schema 1: zod 4, valibot, arktype. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  /** Where in the value it is. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What `cronflow.define` takes. A key that nobody knows is refused when the file is loaded; one that Cronflow has and this
 * engine does not honour is told by a notice.
 */
export interface Definition<Payload = any> {
  /** What `--workflow` and the Studio call it. Unique among the workflows of a folder. */
  id: string;
  /** What people see. @default the id */
  name?: string;
  /** A sentence or two on what the workflow is for. */
  description?: string;
  /**
   * Checks what a run is started with; a run whose payload doesn't fit does not start. @default anything goes,
   * `ctx.payload` is `any`
   */
  payload?: StandardSchema<Payload>;
  /** For people; they change nothing. */
  tags?: readonly string[];
  /** For people; it changes nothing. */
  version?: string;
  /** Has no effect, and a notice says so: give steps and batches a `timeout`. */
  timeout?: Duration;
  /**
   * What a checkpoint survives. `'normal'`: the death of the process, at once. `'full'`: also a power cut, because each is on the
   * disk before the next step begins; steps that take less than a few milliseconds then take several times as long.
   * `--durability full` and CRONFLOW_DURABILITY=full ask for it, too: full wins. @default 'normal'
   */
  durability?: 'normal' | 'full';
  /**
   * How the workflow is shown to others: `cronflow demo <file>`, or *Start demo* in the Studio, runs it at a pace that people can
   * follow, with failures that go away when their batches are re-run. Each demo is the same. What `ctx.effect` does is only
   * pretended, and no hook is called. Other runs are not touched by it.
   */
  demo?: Demo<Payload>;
  /**
   * What the result of a run says to people who do not code: shown in the presentation when the run has completed. Up to 6 facts, of
   * up to 60 and 200 characters, and a headline of up to 300. It is called once at the end of a run that completes, must not wait for
   * anything, and changes nothing: an error in it is a warning in the log. @default the figures and short texts of the result
   */
  present?: (result: any) => {
    readonly headline?: string;
    readonly facts?: readonly { readonly label: string; readonly value: string | number }[];
  };
  /**
   * Called once the end of a run is stored, at most once for each end: of the first execution, of a resume, of a re-run.
   * Not when it was cancelled or interrupted, and not when its process is killed between the end and the hook. Ten
   * seconds are waited for it. Whatever it does, the run has ended as it has.
   */
  hooks?: {
    readonly onSuccess?: Hook<Payload> | undefined;
    readonly onFailure?: Hook<Payload> | undefined;
  };
  [extra: string]: unknown;
}

/** What is shown of a workflow in a demo. */
export interface Demo<Payload = any> {
  /** Chooses the batches of a `share`, and how long each step takes. @default 1 */
  readonly seed?: number | string;
  /** About how much longer each attempt of a step takes. @default 0 */
  readonly pace?: Duration;
  /** What fails, until it is re-run. The first that fits a step counts. */
  readonly fail?: readonly DemoFailure[];
  /** What the demo is started with; the `payload` schema checks it. @default {} */
  readonly payload?: Payload | Readonly<Record<string, unknown>>;
}

/** A step that fails in a demo, in all its batches or in some of them. */
export interface DemoFailure {
  /** Its path, such as `'clean/tidy'`; its id is enough where no other step has it. */
  readonly step: string;
  /** In which batches, by their index from 0. @default all */
  readonly batches?: readonly number[];
  /** In which part of the batches, from 0 to 1; the seed chooses them. @default 1 */
  readonly share?: number;
  /** What the step throws: a message, or an error of your own. */
  readonly error: string | Error;
}

/** Where workflows are defined: a part of what `cronflow` is. */
export interface Cronflow {
  /**
   * Defines a workflow. The engine finds it by this call; exporting it is not needed.
   *
   * `ctx.payload` has the type of the `payload` schema's output; without a schema it is `any`, or what you say:
   * `cronflow.define<{ since: string }>({ id: 'sync' })`.
   * @throws when the id is missing or already taken in this file
   */
  define<Payload = any>(definition: Definition<Payload>): Workflow<{}, undefined, Payload, undefined, undefined>;
}
