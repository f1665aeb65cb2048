/** What a workflow author sees of the engine: `cronflow`, and the types of what it hands out. Types only. */

import type { Duration, Hook } from './context-types.ts';
import type { Workflow } from './flow-types.ts';

export type * from './context-types.ts';
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
