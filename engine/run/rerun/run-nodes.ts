import type { NodeLine } from '../../store/run-queries.ts';
import { describeValue } from '../../workflow/errors.ts';
import { nearest } from '../../workflow/nearest.ts';
import { hasBatches, hasRounds } from '../../../common/node-kinds.ts';
import { isInside, lastPart, nodePath, outermost } from '../../../common/node-paths.ts';
import { RerunError } from './request.ts';

function hasScopes(kind: string): boolean {
  return hasBatches(kind) || hasRounds(kind);
}

/** The nodes of a run that have begun, by number. */
export class RunNodes {
  readonly #nodes: ReadonlyMap<number, NodeLine>;
  readonly #before: readonly NodeLine[];
  /** Of nodes that have scopes of their own: the innermost of them that they stand in. */
  readonly #around = new Map<number, number | undefined>();

  /** Nodes that have scopes of their own, by the innermost of them that they stand in: undefined is the workflow itself. */
  readonly #withScopes = new Map<number | undefined, number[]>();

  /**
   * @param before As they were: what is a step now may have been a batch node, whose batches are still there, and a user
   * may say the name of before.
   */
  constructor(nodes: readonly NodeLine[], before: readonly NodeLine[] = nodes) {
    this.#nodes = new Map(nodes.map(node => [node.node, node]));
    this.#before = before;
    const hadScopes = new Set(before.filter(({ kind }) => hasScopes(kind)).map(({ node }) => node));
    const withScopes = nodes.filter(({ node, kind }) => hasScopes(kind) || hadScopes.has(node));
    for (const { node, path } of withScopes) {
      const around = withScopes
        .filter(outer => isInside(path, outer.path))
        .toSorted((a, b) => b.path.length - a.path.length)[0]?.node;
      this.#withScopes.set(around, [...(this.#withScopes.get(around) ?? []), node]);
      this.#around.set(node, around);
    }
  }

  /** The nodes with batches or rounds that stand in the batches of a node, or in the workflow itself. */
  withScopesIn(node: number | undefined): readonly number[] {
    return this.#withScopes.get(node) ?? [];
  }

  /** Those that stand where this one does. */
  withScopesBeside(node: number): readonly number[] {
    return this.withScopesIn(this.#aroundOf(node));
  }

  /** Whether all batches of a node stand in the workflow itself. */
  isOutermost(node: number): boolean {
    return this.#aroundOf(node) === undefined;
  }

  #aroundOf(node: number): number | undefined {
    if (this.#around.has(node)) return this.#around.get(node);
    const path = this.path(node);
    return [...this.#around.keys()]
      .filter(outer => isInside(path, this.path(outer)))
      .toSorted((a, b) => this.path(b).length - this.path(a).length)[0];
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

  /** Whether a user can mean a node by a name or a path. */
  has(name: string): boolean {
    return named(this.all(), name).length + named(this.#before, name).length > 0;
  }

  /** The nodes that a user means by a name or a path. @throws RerunError */
  find(name: string): number[] {
    const now = named(this.all(), name);
    const chosen = now.length > 0 ? now : named(this.#before, name);
    if (chosen.length > 0) return chosen.map(({ node }) => node);
    const paths = this.all().map(({ path }) => path);
    const nearName = nearest(name, paths.map(lastPart));
    const near = nearest(name, paths) ?? paths.find(path => lastPart(path) === nearName);
    throw new RerunError(
      `The run has no node ${describeValue(name)} that has run.${near ? ` Did you mean ${describeValue(near)}?` : ''}`,
    );
  }
}

function named(nodes: readonly NodeLine[], name: string): readonly NodeLine[] {
  const own = nodePath('', name);
  const found = nodes.filter(({ path }) => path === name || lastPart(path) === own);
  const exact = found.filter(({ path }) => path === name || path === own);
  return exact.length > 0 ? exact : found;
}
