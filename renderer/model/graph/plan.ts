import type { Graph, GraphBranch, GraphNode } from '../../../host/api/api.ts';
import { label } from '../shown-text.ts';
import type { UndrawnNodes } from './what-ran.ts';

/*
 * What is drawn of a workflow: cards, boxes that hold cards, and lines between them. Knows neither sizes nor states, so
 * that it is made anew only when the workflow changes.
 */

export const START = 'start';
export const END = 'end';

/** `lane` is a branch too long for a line of its own; `note` is a text in the place of steps. */
export type PlanKind = GraphNode['kind'] | 'start' | 'end' | 'lane' | 'note';

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

/** A branch with more than this in a row gets a lane, within which its cards are laid out in lines. */
const LONGEST_BRANCH = 4;

export function nodeId(path: string): string {
  return `n:${path}`;
}

export function isBatch(kind: PlanKind): boolean {
  return kind === 'batch' || kind === 'forEach';
}

export function isBox(kind: PlanKind): boolean {
  return isBatch(kind) || kind === 'while' || kind === 'parallel' || kind === 'race' || kind === 'lane';
}

/** @param extras What ran inside bodies without having been drawn, by the path of the body's node. */
export function planOf(graph: Graph, extras: UndrawnNodes = new Map()): Plan {
  const planner = new Planner(extras);
  const around: BlockContext = { repetition: 'once' };
  planner.add({
    id: START,
    kind: 'start',
    path: '',
    title: 'Start',
    repetition: 'once',
    next: graph.nodes[0]?.path,
    hint: triggerText(graph),
  });
  const inner = planner.chain(graph.nodes, around);
  planner.add({
    id: END,
    kind: 'end',
    path: '',
    title: 'Result',
    repetition: 'once',
    previous: graph.nodes.at(-1)?.path,
  });
  const chain: readonly Block[] = [{ kind: 'card', id: START }, ...inner, { kind: 'card', id: END }];
  planner.connect(chain);
  return { nodes: planner.nodes, edges: planner.edges, chain };
}

interface BlockContext {
  readonly parent?: string | undefined;
  readonly repetition: Repetition;
  readonly outerBatch?: string | undefined;
  readonly branch?: PlanNode['branch'];
}

/** Where a line begins. */
interface Exit {
  readonly source: string;
  readonly branch?: PlanBranch | undefined;
}

class Planner {
  readonly nodes = new Map<string, PlanNode>();
  readonly edges: PlanEdge[] = [];
  readonly #extras: UndrawnNodes;

  constructor(extras: UndrawnNodes) {
    this.#extras = extras;
  }

  add(node: PlanNode): void {
    this.nodes.set(node.id, node);
  }

  /** Blocks of a chain, without the lines between them. */
  chain(nodes: readonly GraphNode[], around: BlockContext): Block[] {
    return nodes.map((node, index) => this.#block(node, around, nodes[index - 1]?.path, nodes[index + 1]?.path));
  }

  /** Draws the lines of a chain and of the branches in it; boxes have drawn theirs. */
  connect(chain: readonly Block[]): void {
    let exits: readonly Exit[] = [];
    for (const block of chain) {
      for (const exit of exits) this.#edge(exit, block.id);
      exits = this.#exits(block);
    }
  }

  #edge({ source, branch }: Exit, target: string): void {
    this.edges.push({ id: `${source}>${target}${branch ? `#${branch.index}` : ''}`, source, target, branch });
  }

  #exits(block: Block): readonly Exit[] {
    if (block.kind !== 'fork') return [{ source: block.id }];
    const labels = branchLabels(this.nodes.get(block.id)?.node?.branches ?? []);
    const fork = this.nodes.get(block.id)?.path ?? '';
    const exits: Exit[] = [];
    for (const [index, label] of labels.entries()) {
      const begin: Exit = { source: block.id, branch: { fork, index, label } };
      const chain = block.branches[index] ?? [];
      const [first] = chain;
      if (first) this.#edge(begin, first.id);
      exits.push(...(first ? this.#chainExits(chain) : [begin]));
    }
    return exits;
  }

  #chainExits(chain: readonly Block[]): readonly Exit[] {
    let exits: readonly Exit[] = [];
    for (const [index, block] of chain.entries()) {
      if (index > 0) for (const exit of exits) this.#edge(exit, block.id);
      exits = this.#exits(block);
    }
    return exits;
  }

  #block(node: GraphNode, around: BlockContext, previous: string | undefined, next: string | undefined): Block {
    const id = nodeId(node.path);
    const planned: PlanNode = {
      id,
      kind: node.kind,
      path: node.path,
      title: titleFor(node),
      node,
      previous,
      next,
      ...around,
    };
    this.add(planned);
    switch (node.kind) {
      case 'if':
        return {
          kind: 'fork',
          id,
          branches: (node.branches ?? []).map((branch, index) =>
            this.#branch(branch, { ...around, branch: { fork: planned, index } }),
          ),
        };
      case 'batch':
      case 'forEach':
        return this.#body(node, { parent: id, repetition: 'batches', outerBatch: around.outerBatch ?? node.path });
      case 'while':
        return this.#body(node, {
          parent: id,
          repetition: around.repetition === 'batches' ? 'batches' : 'rounds',
          outerBatch: around.outerBatch,
        });
      case 'parallel':
      case 'race':
        return {
          kind: 'box',
          id,
          chain: [],
          loose: (node.members ?? []).map(member =>
            this.#block(member, { ...around, parent: id }, undefined, undefined),
          ),
        };
      default:
        return { kind: 'card', id };
    }
  }

  #branch(
    branch: GraphBranch,
    around: BlockContext & { readonly branch: NonNullable<PlanNode['branch']> },
  ): readonly Block[] {
    if (weightOf(branch.nodes) <= LONGEST_BRANCH) return this.chain(branch.nodes, around);
    const { fork, index } = around.branch;
    const id = `l:${fork.path}:${index}`;
    const title = `${fork.title} · ${branchLabels(fork.node?.branches ?? [])[index] ?? branch.id}`;
    this.add({ id, kind: 'lane', path: fork.path, title, first: branch.nodes[0]?.path, ...around });
    const chain = this.chain(branch.nodes, { ...around, parent: id });
    this.connect(chain);
    return [{ kind: 'box', id, chain, loose: [] }];
  }

  #body(node: GraphNode, inside: BlockContext): Block {
    const id = nodeId(node.path);
    const { body } = node;
    const chain = body?.drawn ? this.chain(body.nodes, inside) : [];
    const extra = this.#extras.get(node.path);
    const loose = (extra?.nodes ?? []).map(ran => this.#block(ran, inside, undefined, undefined));
    if (extra?.more) loose.push(this.#note(node, inside, 'And more steps, which are too many to draw.'));
    if (chain.length === 0 && loose.length === 0) {
      loose.push(this.#note(node, inside, body?.drawn === false ? undrawnText(body.why) : 'Nothing is done in here.'));
    }
    this.connect(chain);
    return { kind: 'box', id, chain, loose };
  }

  #note(node: GraphNode, inside: BlockContext, text: string): Block {
    const id = `o:${node.path}`;
    this.add({ id, kind: 'note', path: node.path, title: text, ...inside });
    return { kind: 'card', id };
  }
}

/** What the ways out of an `if` are called, in their order; the last is "none of them" where there is no `else`. */
export function branchLabels(branches: readonly GraphBranch[]): readonly string[] {
  const several = branches.length > 2;
  const labels = branches.map((branch, index) => {
    if (index === 0) return 'yes';
    if (branch.id === 'else') return several ? 'otherwise' : 'no';
    return branch.title ?? label(branch.id, MAX_NAME_LENGTH);
  });
  if (branches.at(-1)?.id !== 'else') labels.push(branches.length > 1 ? 'none of these' : 'no');
  return labels;
}

const MAX_NAME_LENGTH = 200;
const DEFAULT_TITLES: Readonly<Record<string, string>> = {
  sleep: 'Wait',
  log: 'Log',
  cancel: 'Cancel the run',
  parallel: 'At the same time',
  race: 'The first to finish',
};

/** The author's title, or else the name; a made-up name such as `sleep-1` is told in words. */
export function titleFor({ id, kind, title }: Pick<GraphNode, 'id' | 'kind' | 'title'>): string {
  if (title !== undefined) return title;
  return (
    (/-\d+$/.test(id) && id.startsWith(`${kind}-`) ? DEFAULT_TITLES[kind] : undefined) ?? label(id, MAX_NAME_LENGTH)
  );
}

function triggerText({ triggers }: Graph): string | undefined {
  if (triggers.length === 0) return undefined;
  return `The file says when it is to run by itself: ${triggers.map(({ kind, on }) => `${kind} ${label(on, MAX_NAME_LENGTH)}`).join(', ')}. Here it runs when you start it.`;
}

function undrawnText(why: string): string {
  return `What is done in here depends on the items, so it shows once it runs. (Without items: ${why})`;
}

/** How many cards a chain needs one after the other. */
function weightOf(nodes: readonly GraphNode[]): number {
  return nodes.reduce(
    (sum, node) =>
      sum + (node.kind === 'if' ? 1 + Math.max(0, ...(node.branches ?? []).map(branch => weightOf(branch.nodes))) : 1),
    0,
  );
}
