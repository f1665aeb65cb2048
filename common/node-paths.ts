/*
 * A node's path: the ids from the root of the workflow down, joined by `/`, with `~` and `/` inside an id escaped as in
 * RFC 6901. The empty path is the workflow itself.
 */

/** The id under which a `while` records that its condition was evaluated. */
const CONDITION = '?';

interface WithPath {
  readonly path: string;
}

/** The path of the node `id` that stands directly in `parent`. */
export function nodePath(parent: string, id: string): string {
  const escaped = id.includes('/') || id.includes('~') ? id.replaceAll('~', '~0').replaceAll('/', '~1') : id;
  return parent === '' ? escaped : `${parent}/${escaped}`;
}

/** The path of what a node stands in; of a node of the workflow itself, the empty path. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path, escaped as it stands there. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The id of the node at a path. */
export function idOf(path: string): string {
  return lastPart(path).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Whether a node stands in another one, at whatever depth. No node stands in itself. */
export function isInside(path: string, outer: string): boolean {
  return outer === '' ? path !== '' : path.startsWith(`${outer}/`);
}

export function isDirectlyInside(path: string, outer: string): boolean {
  return path !== '' && parentPath(path) === outer;
}

/** The paths of everything a node stands in, from the nearest out, without the workflow itself. */
export function* pathsAround(path: string): Generator<string> {
  for (let outer = parentPath(path); outer !== ''; outer = parentPath(outer)) yield outer;
}

/** The nodes that stand in none of the others, in the order in which they are given. */
export function outermost<Node extends WithPath>(nodes: readonly Node[]): Node[] {
  const paths = new Set(nodes.map(({ path }) => path));
  return nodes.filter(({ path }) => !isInsideAny(path, paths));
}

/** Whether a node stands in one of those at these paths. */
export function isInsideAny(path: string, paths: ReadonlySet<string>): boolean {
  for (const outer of pathsAround(path)) if (paths.has(outer)) return true;
  return false;
}

/** The path of a `while`'s condition. */
export function conditionPath(path: string): string {
  return nodePath(path, CONDITION);
}

/** The path of the `while` whose condition stands at this path; undefined where it is something else. */
export function whileOfCondition(path: string): string | undefined {
  return path !== CONDITION && lastPart(path) === CONDITION ? parentPath(path) : undefined;
}
