import { isContainer } from '../../../common/node-kinds.ts';
import type { GraphNode } from '../../../host/api/api.ts';

/*
 * What is drawn of a workflow: cards, boxes that hold cards, and lines between them. Knows neither sizes nor states, so
 * that it is made anew only when the workflow changes.
 */

export const START = 'start';
export const END = 'end';

/** `lane` is a branch too long for a line of its own; `note` is a text in the place of steps, `pill` a body that is closed. */
export type PlanKind = GraphNode['kind'] | 'start' | 'end' | 'lane' | 'note' | 'pill';

/** How often a node is passed in one run: once, once a round, or once a batch. */
export type Repetition = 'once' | 'rounds' | 'batches';

export interface PlanNode {
  readonly id: string;
  readonly kind: PlanKind;
  /** Path in the workflow; of a lane or a note, of the node they belong to; '' for start and end. */
  readonly path: string;
  readonly title: string;
  readonly node?: GraphNode | undefined;
  /** The box it stands in. */
  readonly parent?: string | undefined;
  readonly repetition: Repetition;
  /** Path of the outermost batch node around it. */
  readonly outerBatch?: string | undefined;
  /** Path of what stands before it in its chain. */
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
  /** The way out of an `if` that it is on; of several around it, the nearest. */
  readonly branch?: { readonly fork: PlanNode; readonly index: number } | undefined;
  /** More than there is room for. */
  readonly hint?: string | undefined;
  /** Of a lane: the path of what it begins with. */
  readonly first?: string | undefined;
}

export interface PlanEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** Of a line that leaves an `if`: which of its ways. The one after its branches is "none of them". */
  readonly branch?: PlanBranch | undefined;
}

export interface PlanBranch {
  readonly fork: string;
  readonly index: number;
  readonly label: string;
}

/** How nodes stand to each other, which is what the layout goes by. */
export type Block =
  | { readonly kind: 'card'; readonly id: string }
  /** `chain` in order; `loose` beside it, in no order. */
  | { readonly kind: 'box'; readonly id: string; readonly chain: readonly Block[]; readonly loose: readonly Block[] }
  | { readonly kind: 'fork'; readonly id: string; readonly branches: readonly (readonly Block[])[] };

export interface Plan {
  readonly nodes: ReadonlyMap<string, PlanNode>;
  readonly edges: readonly PlanEdge[];
  readonly chain: readonly Block[];
}

export function nodeId(path: string): string {
  return `n:${path}`;
}

/** The path that `nodeId` made an id of. */
export function pathOfId(id: string): string {
  return id.slice(nodeId('').length);
}

export function isBox(kind: PlanKind): boolean {
  return isContainer(kind) || kind === 'lane';
}

/** What is drawn of a node's body; nothing where it could not be. */
export function drawnBody(node: GraphNode | undefined): readonly GraphNode[] {
  return node?.body?.drawn ? node.body.nodes : [];
}
