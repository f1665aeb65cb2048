import type { NodeKind } from './node-kinds.ts';
import type { SourceLocation } from './source-location.ts';
import type { TriggerKind, TriggerOptions } from './triggers.ts';

/* Plain data, and no imports but types of the same kind: a page reads these, too. */

export type { NodeKind };

/** What starts runs of the workflow by itself, where `cronflow serve --triggers` runs. */
export interface Trigger {
  readonly kind: TriggerKind;
  /** A path, a pattern of cron, the name of an event, an interval. */
  readonly on: string;
  readonly options?: TriggerOptions | undefined;
  readonly at: SourceLocation | undefined;
}

/** Something in the file that has no effect here, or another one, and that its author may rely on. */
export interface Notice {
  readonly text: string;
  readonly at: SourceLocation | undefined;
}

/** A workflow as plain data: what is drawn, stored with a run, and sent to a screen. */
export interface Graph {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly at?: SourceLocation | undefined;
  readonly triggers: readonly Trigger[];
  /** Absent when there are none. */
  readonly notices?: readonly Notice[] | undefined;
  /** It can be shown to others: see the option `demo` of `define`. Absent where it cannot. */
  readonly demo?: true | undefined;
  /** JSON Schema of the payload, where its schema can tell. */
  readonly payload?: unknown;
  readonly nodes: readonly GraphNode[];
}

export interface GraphNode {
  /** Unique in the workflow: ids from the root down (see node-paths.ts). */
  readonly path: string;
  readonly id: string;
  readonly kind: NodeKind;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly unit?: readonly [string, string] | undefined;
  readonly at?: SourceLocation | undefined;
  /** What the node does, in the words of its options: `{ size: 100, concurrency: 4 }`, `{ ms: 500 }`. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Of an `if`: its branches in the order they are asked. */
  readonly branches?: readonly GraphBranch[] | undefined;
  /** Of a `parallel` or `race`. */
  readonly members?: readonly GraphNode[] | undefined;
  /** Of a member of a list, which has no name but its place: a hash of its code, by which it is found elsewhere. */
  readonly code?: string | undefined;
  /** Of a `batch`, `forEach` or `while`. */
  readonly body?: GraphBody | undefined;
}

export interface GraphBranch {
  readonly id: string;
  readonly title?: string | undefined;
  readonly at?: SourceLocation | undefined;
  readonly nodes: readonly GraphNode[];
}

/** A body is drawn by calling it once with nothing in it; one whose shape depends on its items is drawn from what ran. */
export type GraphBody =
  | { readonly drawn: true; readonly nodes: readonly GraphNode[] }
  | { readonly drawn: false; readonly why: string };

/** All nodes that are drawn, each before what stands in it. */
export function* drawnNodes(nodes: readonly GraphNode[]): Generator<GraphNode> {
  for (const node of nodes) {
    yield node;
    for (const branch of node.branches ?? []) yield* drawnNodes(branch.nodes);
    yield* drawnNodes(node.members ?? []);
    if (node.body?.drawn) yield* drawnNodes(node.body.nodes);
  }
}
