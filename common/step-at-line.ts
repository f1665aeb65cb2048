import type { GraphNode } from './graph.ts';

/**
 * The path of the node whose definition a line belongs to, told by how the file is indented: a definition ends where a line
 * stands further left, or as far left without going on with it. Undefined: the line is of none, such as that of a
 * function which steps call.
 * @param nodes Of this file
 * @param line From 1
 */
export function stepAtLine(
  nodes: readonly Pick<GraphNode, 'path' | 'at'>[],
  lines: readonly string[],
  line: number,
): string | undefined {
  let nearest: { readonly path: string; readonly line: number } | undefined;
  for (const { path, at } of nodes)
    // What stands in a node is defined after it: of two on one line, the inner one is meant.
    if (at && at.line <= line && at.line >= (nearest?.line ?? 0)) nearest = { path, line: at.line };
  if (!nearest) return undefined;
  const indent = indentOf(lines[nearest.line - 1] ?? '');
  for (let at = nearest.line + 1; at <= line; at += 1) {
    const text = lines[at - 1] ?? '';
    if (text.trim() === '') continue;
    const own = indentOf(text);
    // Behind the end of an inner node, what stands around it goes on.
    if (own < indent || (own === indent && !/^\s*[.)\]}]/.test(text)))
      return stepAtLine(
        nodes.filter(({ at: place }) => place !== undefined && place.line < (nearest?.line ?? 0)),
        lines,
        line,
      );
  }
  return nearest.path;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
