import { hasBatches, hasResult } from '../../../common/node-kinds.ts';
import { nodePath } from '../../../common/node-paths.ts';
import { batchLine, type BatchLine } from '../../store/batch-queries.ts';
import { decode } from '../../store/codec.ts';
import type { StoreDatabase } from '../../store/open.ts';
import type { RunReader } from '../../store/run-reader.ts';
import { nodesOf } from '../../store/run-queries.ts';
import { itemsText } from '../../store/step-queries.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { BatchNode, Definition, FlowNode } from '../../workflow/nodes.ts';
import { buildBody } from '../body.ts';
import { restoreScope } from '../restore.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import { ProbeError } from './probe-error.ts';

/** What a batch is found by. */
export interface PlaceOf {
  readonly db: StoreDatabase;
  readonly id: number;
  readonly stored: RunReader;
  readonly definition: Definition;
}

/** Where a batch stands in the workflow as its file is now. */
export interface Place {
  /** The scope that its node stands in, with the results of the steps before the node. */
  readonly parent: Scope;
  readonly node: BatchNode;
  /** The path of its node. */
  readonly path: string;
  readonly line: BatchLine;
  /** Its items, in the codec's text. */
  readonly text: string;
}

/** A scope whose results are restored, and the chain that is executed in it. */
interface Restored {
  readonly scope: Scope;
  readonly nodes: readonly FlowNode[];
}

/** Finds a batch in the workflow as its file is now, with the results of all steps before it. @throws ProbeError */
export async function placeOf(run: Run, of: PlaceOf, scope: number): Promise<Place> {
  const { line, path, text } = storedBatch(of, scope);
  const { outer, node } = await nodeAt(run, of, line.parent, path);
  if (!hasBatches(node.kind)) throw gone(path);
  return { parent: outer, node: node as BatchNode, path, line, text };
}

function storedBatch({ db, id }: PlaceOf, scope: number): { line: BatchLine; path: string; text: string } {
  const line = batchLine(db, id, scope);
  const path = nodesOf(db, id).find(({ node }) => node === line?.node)?.path;
  const text = itemsText(db, id, scope, line?.attempt);
  if (line && path !== undefined && text !== undefined) return { line, path, text };
  throw new ProbeError(`Run ${id} has no batch ${scope} with items.`);
}

async function nodeAt(run: Run, of: PlaceOf, scope: number, path: string): Promise<{ outer: Scope; node: FlowNode }> {
  const { scope: outer, nodes } = await restored(run, of, scope);
  const node = walkTo(run, outer, nodes, path);
  if (!node) throw gone(path);
  return { outer, node };
}

async function restored(run: Run, of: PlaceOf, id: number): Promise<Restored> {
  const { stored, definition } = of;
  if (id === 0) {
    const root = new Scope(0, { path: '' });
    root.names = definition.flow.names;
    restoreScope({ stored }, root);
    return { scope: root, nodes: definition.flow.finish() };
  }
  const line = batchLine(of.db, of.id, id);
  const path = nodesOf(of.db, of.id).find(({ node }) => node === line?.node)?.path;
  if (!line || path === undefined) throw new ProbeError(`Run ${of.id} has no batch ${id}.`);
  const { outer, node } = await nodeAt(run, of, line.parent, path);
  const text = itemsText(of.db, of.id, id, line.attempt);
  const { idx: index, attempt, items } = line;
  if (node.kind === 'while') {
    const round = new Scope(id, { path, parent: outer, index, attempt });
    round.last = outer.last;
    restoreScope({ stored }, round);
    return { scope: round, nodes: await buildBody(run, round, definition.locations, flow => node.body(flow as never)) };
  }
  if (!hasBatches(node.kind) || text === undefined) throw gone(path);
  const { body, kind } = node as BatchNode;
  const batch = { node: node.id, index, items };
  const scope = new Scope(id, { path, parent: outer, index, attempt, batch, itemsText: text });
  restoreScope({ stored }, scope);
  const list = decode(text) as unknown[];
  const given = kind === 'batch' ? list : list[0];
  const nodes = await buildBody(run, scope, definition.locations, flow => body(given as never, flow as never));
  return { scope, nodes };
}

/** Gives a scope the results of its chain, as executing it would, up to the node at `path`. Executes nothing. */
function walkTo(run: Run, scope: Scope, nodes: readonly FlowNode[], path: string): FlowNode | undefined {
  for (const node of nodes) {
    const own = nodePath(scope.path, node.id);
    if (own === path) return node;
    const id = run.numbering.findNode(own);
    const checkpoint = id === undefined ? undefined : scope.checkpoints.get(id);
    if (!checkpoint) continue;
    scope.setCheckpoint(hasResult(node.kind) ? node.id : undefined, checkpoint);
    if (node.kind !== 'if') continue;
    const branch = node.branches.find(({ id: name }) => name === checkpoint.output);
    const found = branch && walkTo(run, scope, branch.nodes, path);
    if (found) return found;
  }
  return undefined;
}

function gone(path: string): ProbeError {
  return new ProbeError(
    `The file no longer has the batch node ${describeValue(path)} in its place, so its batches cannot be executed again. Has it ` +
      `been renamed or removed?`,
  );
}
