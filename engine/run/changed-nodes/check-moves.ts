import { NEXT } from '../../../common/next-steps.ts';
import { told } from '../../../common/told.ts';
import type { GraphNode } from '../../../common/graph.ts';
import { hasBatches, hasRounds } from '../../../common/node-kinds.ts';
import { pathsAround } from '../../../common/node-paths.ts';
import type { NodeLine } from '../../store/run-queries.ts';
import { describeValue } from '../../workflow/errors.ts';
import { RerunError } from '../rerun/request.ts';

/*
 * Work of a batch is stored with the batch. A node that stands in other batches now, or in none, has another place for
 * each piece of its work, and nobody can say which is which.
 */

interface WithKind {
  readonly path: string;
  readonly kind: string;
}

/** The innermost node with batches or rounds that a path stands in. */
function around(path: string, nodes: ReadonlyMap<string, WithKind>): WithKind | undefined {
  for (const outer of pathsAround(path)) {
    const node = nodes.get(outer);
    if (node && (hasBatches(node.kind) || hasRounds(node.kind))) return node;
  }
  return undefined;
}

export class Places {
  readonly #before: ReadonlyMap<string, WithKind>;
  readonly #now: ReadonlyMap<string, GraphNode>;
  readonly #moved: (path: string) => string;

  /** @param moved The path that a node has now, by the one it had. */
  constructor(stored: readonly NodeLine[], now: ReadonlyMap<string, GraphNode>, moved: (path: string) => string) {
    this.#before = new Map(stored.map(node => [node.path, node]));
    this.#now = now;
    this.#moved = moved;
  }

  /** Whether a node stands in the same batches under its new path. */
  isSame(from: string, to: string): boolean {
    const before = around(from, this.#before);
    return (before && this.#moved(before.path)) === around(to, this.#now)?.path;
  }

  /** @throws RerunError where it does not */
  check(from: string, to: string): void {
    if (this.isSame(from, to)) return;
    const there = around(to, this.#now);
    const here = around(from, this.#before);
    const [old, name] = [describeValue(from), describeValue(to)];
    const what = there
      ? `${old} cannot be renamed to ${name}, which stands in ${insideText(there)}.`
      : `${old} stands in ${here ? insideText(here) : 'no batches'} and cannot be renamed to ${name}.`;
    throw new RerunError(told`${what} To do its work anew there: ${NEXT.discard(from)}`);
  }
}

function insideText({ path, kind }: WithKind): string {
  return `the ${hasRounds(kind) ? 'rounds' : 'batches'} of ${describeValue(path)}`;
}
