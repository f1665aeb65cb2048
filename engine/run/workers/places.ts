import { nodePath } from '../../../common/node-paths.ts';
import { describeValue } from '../../workflow/errors.ts';
import { decode } from '../../store/codec.ts';
import type { BatchNode, Definition, FlowNode, WhileNode } from '../../workflow/nodes.ts';
import { buildBody } from '../body.ts';
import type { Run } from '../run.ts';
import { Checkpoint, Scope } from '../scope.ts';
import { rebuildBody } from '../while.ts';
import type { AroundScope, Place, ScopeResults } from './protocol.ts';

/** A batch node as a worker executes it, in the scope it stands in. */
export interface BuiltPlace {
  readonly place: Place;
  readonly node: BatchNode;
  readonly parent: Scope;
}

/**
 * Finds the node of a place, and makes the scopes around it as they are in the runner. A node in a batch is made by the body of
 * that batch: it is called here, too, so that what it takes from the items is there.
 */
export async function buildPlace(run: Run, definition: Definition, place: Place): Promise<BuiltPlace> {
  const root = new Scope(0, { path: '' });
  root.names = definition.flow.names;
  setResults(run, root, place.root);
  let scope = root;
  let nodes: readonly FlowNode[] = definition.flow.finish();
  for (const around of place.around) {
    const outer = find(nodes, scope.path, around.path);
    const made = scopeOf(run, scope, around, outer);
    nodes = await bodyOf(run, made, definition, outer);
    setResults(run, made, around);
    scope = made;
  }
  const node = find(nodes, scope.path, place.path);
  if (!node || !('items' in node)) throw notFound(place.path);
  return { place, node, parent: scope };
}

function scopeOf(run: Run, parent: Scope, around: AroundScope, node: FlowNode | undefined): Scope {
  const { id, path, index, attempt, items } = around;
  if (items === undefined) return new Scope(id, { path, parent, index, attempt });
  const itemsText = run.stored.batches.itemsOf(id, attempt);
  const batch = { node: node?.id ?? path, index, items };
  return new Scope(id, { path, parent, index, attempt, batch, itemsText });
}

async function bodyOf(
  run: Run,
  scope: Scope,
  { locations }: Definition,
  node: FlowNode | undefined,
): Promise<readonly FlowNode[]> {
  if (!node || !('body' in node)) throw notFound(scope.path);
  if (!('items' in node)) return await rebuildBody(run, scope, node satisfies WhileNode, locations);
  const items = decode(run.stored.batches.itemsOf(scope.id, scope.attempt)) as unknown[];
  const given = node.kind === 'batch' ? items : items[0];
  return await buildBody(run, scope, locations, flow => node.body(given as never, flow as never));
}

function setResults(run: Run, scope: Scope, { results, last }: ScopeResults): void {
  for (const [name, node, attempt] of results)
    scope.setCheckpoint(
      name,
      // Read where it is used: an output may be as large as all items.
      new Checkpoint(node, attempt, () => run.stored.steps.valueOf(scope.id, { node, attempt })),
    );
  if (last !== undefined) scope.last = new Checkpoint(0, 0, last);
}

/** A node of a chain or of one of its branches. */
function find(nodes: readonly FlowNode[], parent: string, path: string): FlowNode | undefined {
  for (const node of nodes) {
    if (nodePath(parent, node.id) === path) return node;
    if (!('branches' in node)) continue;
    for (const branch of node.branches) {
      const found = find(branch.nodes, parent, path);
      if (found) return found;
    }
  }
  return undefined;
}

function notFound(path: string): Error {
  return new Error(
    `A worker does not find ${describeValue(path)}, which the runner has: what the workflow builds is not the same in each ` +
      `process. Does it depend on the time, on chance, or on what steps leave in variables?`,
  );
}
