import type { Graph, GraphBranch, GraphNode } from '../../../host/api/api.ts';
import { isFork, NODE_KINDS } from '../../../common/node-kinds.ts';
import type { UndrawnNodes } from './undrawn-nodes.ts';
import {
  START,
  END,
  type Repetition,
  type PlanNode,
  type PlanEdge,
  type PlanBranch,
  type Block,
  type Plan,
  drawnBody,
  nodeId,
} from './plan.ts';
import { branchLabels, titleFor, triggerText, undrawnText } from './plan-text.ts';

/** A branch with more than this in a row gets a lane, within which its cards are laid out in lines. */
const LONGEST_BRANCH = 4;

/**
 * @param extras What ran inside bodies without having been drawn, by the path of the body's node
 * @param isFolded Whether the body of an outermost batch node is closed
 */
export function planOf(
  graph: Graph,
  extras: UndrawnNodes = new Map(),
  isFolded: (path: string) => boolean = () => false,
): Plan {
  const planner = new Planner(extras, isFolded);
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
  readonly #isFolded: (path: string) => boolean;

  constructor(extras: UndrawnNodes, isFolded: (path: string) => boolean) {
    this.#extras = extras;
    this.#isFolded = isFolded;
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
    const { holds, repeats } = NODE_KINDS[node.kind];
    switch (holds) {
      case 'branches':
        return {
          kind: 'fork',
          id,
          branches: (node.branches ?? []).map((branch, index) =>
            this.#branch(branch, { ...around, branch: { fork: planned, index } }),
          ),
        };
      case 'body':
        return this.#body(node, {
          parent: id,
          repetition: around.repetition === 'batches' ? 'batches' : repeats,
          outerBatch: around.outerBatch ?? (repeats === 'batches' ? node.path : undefined),
        });
      case 'members':
        return {
          kind: 'box',
          id,
          chain: [],
          loose: (node.members ?? []).map(member =>
            this.#block(member, { ...around, parent: id }, undefined, undefined),
          ),
        };
      case 'nothing':
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
    // What is inside batches within batches is closed with them.
    if (inside.outerBatch === node.path && drawnBody(node).length > 0 && this.#isFolded(node.path)) {
      const pill = `p:${node.path}`;
      this.add({ id: pill, kind: 'pill', path: node.path, title: titleFor(node), node, ...inside });
      return { kind: 'box', id, chain: [], loose: [{ kind: 'card', id: pill }] };
    }
    const chain = this.chain(drawnBody(node), inside);
    const extra = this.#extras.get(node.path);
    const loose = (extra?.nodes ?? []).map(ran => this.#block(ran, inside, undefined, undefined));
    if (extra?.more) loose.push(this.#note(node, inside, 'More steps ran here than can be drawn.'));
    if (chain.length === 0 && loose.length === 0) {
      loose.push(this.#note(node, inside, body?.drawn === false ? undrawnText(body.why) : 'No steps in here.'));
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

/** How many cards a chain needs one after the other. */
function weightOf(nodes: readonly GraphNode[]): number {
  return nodes.reduce(
    (sum, node) =>
      sum + (isFork(node.kind) ? 1 + Math.max(0, ...(node.branches ?? []).map(branch => weightOf(branch.nodes))) : 1),
    0,
  );
}
