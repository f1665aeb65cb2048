import type { NodeLine } from '../../store/run-queries.ts';
import { describeValue } from '../../workflow/errors.ts';
import { nearest } from '../../workflow/nearest.ts';
import { hasBatches, hasRounds } from '../../../common/node-kinds.ts';
import { isInside, lastPart, nodePath, outermost } from '../../../common/node-paths.ts';
import { RerunError } from './request.ts';

/** The nodes of a run that have begun, by number. */
export class RunNodes {
  readonly #nodes: ReadonlyMap<number, NodeLine>;

  constructor(nodes: readonly NodeLine[]) {
    this.#nodes = new Map(nodes.map(node => [node.node, node]));
  }

  all(): readonly NodeLine[] {
    return [...this.#nodes.values()];
  }

  batchNodes(): number[] {
    return [...this.#nodes.keys()].filter(node => this.isBatchNode(node));
  }

  whiles(): number[] {
    return [...this.#nodes.keys()].filter(node => this.isWhile(node));
  }

  isBatchNode(node: number): boolean {
    const kind = this.#nodes.get(node)?.kind;
    return kind !== undefined && hasBatches(kind);
  }

  isWhile(node: number): boolean {
    const kind = this.#nodes.get(node)?.kind;
    return kind !== undefined && hasRounds(kind);
  }

  path(node: number): string {
    return this.#nodes.get(node)?.path ?? String(node);
  }

  /** The nodes that stand in a node, at any depth. */
  inside(node: number): number[] {
    const path = this.path(node);
    return this.all().flatMap(inner => (isInside(inner.path, path) ? [inner.node] : []));
  }

  /** Those of some nodes that are inside no other of them. */
  outermostOf(nodes: readonly number[]): number[] {
    return outermost(nodes.map(node => ({ node, path: this.path(node) }))).map(({ node }) => node);
  }

  /** The nodes that a user means by a name or a path. @throws RerunError */
  find(name: string): number[] {
    const own = nodePath('', name);
    const found = this.all().filter(({ path }) => path === name || lastPart(path) === own);
    const exact = found.filter(({ path }) => path === name || path === own);
    const chosen = exact.length > 0 ? exact : found;
    if (chosen.length > 0) return chosen.map(({ node }) => node);
    const paths = this.all().map(({ path }) => path);
    const nearName = nearest(name, paths.map(lastPart));
    const near = nearest(name, paths) ?? paths.find(path => lastPart(path) === nearName);
    throw new RerunError(
      `The run has no node ${describeValue(name)} that has run.${near ? ` Did you mean ${describeValue(near)}?` : ''}`,
    );
  }
}
