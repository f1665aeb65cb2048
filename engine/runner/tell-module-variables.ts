import { drawnNodes, type Graph, type GraphNode, type Notice } from '../../common/graph.ts';
import { isInsideAny } from '../../common/node-paths.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { findModuleVariables, type WrittenNodes } from '../load/module-variables/find-variables.ts';
import type { SourceFile } from '../load/sources.ts';
import { shownLocation } from '../paths.ts';
import { staysInRunner } from '../workflow/stays-in-runner.ts';

/** The rest is counted. */
const MOST_NAMED = 3;

/**
 * What the log of a run begins with whose batches in workers use variables that each process has for itself; undefined where they
 * use none.
 * @param isEverywhere Whether workers execute the batches of all nodes, also of those that say nothing of workers
 */
export function moduleVariablesText(
  graph: Graph,
  sources: readonly SourceFile[],
  isEverywhere: boolean,
): string | undefined {
  const found = findModuleVariables(sources, writtenNodes(graph, isEverywhere));
  if (found.length === 0) return undefined;
  const named = found.slice(0, MOST_NAMED).map(({ name, at }) => `${name} (${shownLocation(at.file, at.line)})`);
  const others = found.length - named.length;
  const names = listed(others > 0 ? [...named, `${others} more`] : named);
  return found.length === 1
    ? textOf(names, 'is a module-level variable', 'it')
    : textOf(names, 'are module-level variables', 'them');
}

/** The drawing, with a notice of each such variable: what is known before it is decided how the workflow is run. */
export function withModuleVariables(graph: Graph, sources: readonly SourceFile[]): Graph {
  const found = findModuleVariables(sources, writtenNodes(graph, false));
  if (found.length === 0) return graph;
  const notices = found.map(({ name, at }): Notice => ({ text: textOf(name, 'is a module-level variable', 'it'), at }));
  return { ...graph, notices: [...(graph.notices ?? []), ...notices] };
}

function textOf(names: string, are: string, it: string): string {
  return `${names} ${are}: each worker has its own, and so has the process of the run. What one of them changes, the others do not see. Keep ${it} in ctx.state, which all share.`;
}

function writtenNodes(graph: Graph, isEverywhere: boolean): WrittenNodes {
  const nodes = [...drawnNodes(graph.nodes)];
  const workers = nodes.filter(
    node => isBatch(node) && (isEverywhere || node.settings?.workers !== undefined) && !staysInRunner(graph, node.path),
  );
  const paths = new Set(workers.map(({ path }) => path));
  const runner = nodes.filter(({ path }) => !paths.has(path) && !isInsideAny(path, paths));
  return { inWorkers: placesOf(workers), inRunner: placesOf(runner) };
}

function isBatch({ kind }: GraphNode): boolean {
  return kind === 'batch' || kind === 'forEach';
}

function placesOf(nodes: readonly GraphNode[]): SourceLocation[] {
  return nodes.flatMap(({ at }) => at ?? []);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
