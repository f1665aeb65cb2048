import { CONDITION_KIND } from '../../../common/node-kinds.ts';
import { conditionPath, nodePath } from '../../../common/node-paths.ts';
import type { FlowNode } from '../../workflow/nodes.ts';
import type { Numbers } from '../run.ts';

/** More are asked for when fewer are left. One turn of the event loop creates at most 256 batches of a node. */
const FEW_SCOPES = 32_768;

interface Asks {
  /** Asks the runner for more numbers for scopes. */
  readonly scopes: () => void;
  readonly nodes: (nodes: readonly (readonly [path: string, kind: string])[]) => Promise<void>;
}

/** The numbers of nodes and scopes in a worker: the runner gives them. */
export class WorkerNumbers implements Numbers {
  readonly #asks: Asks;
  readonly #nodes = new Map<string, number>();
  readonly #ranges: { next: number; readonly end: number }[] = [];
  #isAsking = false;

  constructor(asks: Asks) {
    this.#asks = asks;
  }

  learn(nodes: Iterable<readonly [path: string, node: number]>): void {
    for (const [path, node] of nodes) this.#nodes.set(path, node);
  }

  addScopes(first: number, count: number): void {
    // A message may come twice.
    if (this.#ranges.some(({ end }) => end === first + count)) return;
    this.#ranges.push({ next: first, end: first + count });
    this.#isAsking = false;
  }

  /** Its runner writes the tally, and knows. */
  get lastScope(): number {
    return 0;
  }

  get hasScopes(): boolean {
    return this.#left > 0;
  }

  /** A promise where the runner has to be asked for the numbers of these nodes. What stands in bodies comes when they are built. */
  ask(parent: string, nodes: readonly FlowNode[]): Promise<void> | undefined {
    const unknown = nodes.flatMap(node => [...numbered(parent, node)]).filter(([path]) => !this.#nodes.has(path));
    return unknown.length === 0 ? undefined : this.#asks.nodes(unknown);
  }

  node(path: string): number {
    const node = this.#nodes.get(path);
    if (node === undefined)
      throw new Error(`The worker has no number for the node ${path}. This is a defect of the engine.`);
    return node;
  }

  findNode(path: string): number | undefined {
    return this.#nodes.get(path);
  }

  nodes(): Iterable<[path: string, node: number]> {
    return this.#nodes;
  }

  newScope(): number {
    const range = this.#ranges.find(({ next, end }) => next < end);
    if (!range) throw new Error('The worker has no numbers left for batches. This is a defect of the engine.');
    const scope = range.next;
    range.next += 1;
    if (this.#left < FEW_SCOPES && !this.#isAsking) {
      this.#isAsking = true;
      this.#asks.scopes();
    }
    return scope;
  }

  restore(): void {
    throw new Error('A worker restores no numbers: its runner does.');
  }

  reserve(): number {
    throw new Error('A worker reserves no numbers: its runner does.');
  }

  get #left(): number {
    return this.#ranges.reduce((sum, { next, end }) => sum + end - next, 0);
  }
}

/** The paths and kinds that need a number before a node is executed. */
function* numbered(parent: string, node: FlowNode): Generator<readonly [path: string, kind: string]> {
  const path = nodePath(parent, node.id);
  yield [path, node.kind];
  if (node.kind === 'while' || (node.kind === 'sleep' && typeof node.ms === 'function'))
    yield [conditionPath(path), CONDITION_KIND];
  if ('members' in node) for (const member of node.members) yield [nodePath(path, member.id), member.kind];
}
