import { checkDemoSteps } from './demo-option.ts';
import { describeValue, WorkflowError } from './errors.ts';
import { Flow, type SourceLocations } from './flow.ts';
import { drawnNodes, type Graph, type GraphBody, type GraphNode } from '../../common/graph.ts';
import { isItemByItem } from '../../common/node-kinds.ts';
import { nodePath } from '../../common/node-paths.ts';
import { sha256 } from '../sha256.ts';
import {
  settingsOf,
  type BatchNode,
  type Body,
  type Definition,
  type FlowNode,
  type Handler,
  type WhileNode,
} from './nodes.ts';
import { payloadJsonSchema } from './payload-json-schema.ts';

export type * from '../../common/graph.ts';

/** A body may contain itself, for a tree of items. Its execution ends when there are no more items; its drawing would not end. */
const MOST_DEPTH = 20;
const MOST_NODES = 5_000;

interface Drawing {
  readonly locations: SourceLocations;
  /** The bodies that are being drawn, outermost first. */
  readonly bodies: (BatchNode | WhileNode)['body'][];
  nodes: number;
}

/** An author's bodies are called once to be drawn, however many ask for the drawing: they may write or count. */
const drawn = new WeakMap<Definition, Graph>();

/** Draws a workflow. @throws WorkflowError when it, or a body of it, is built in a way that cannot run. */
export function drawGraph(definition: Definition): Graph {
  const before = drawn.get(definition);
  if (before) return before;
  const graph = draw(definition);
  drawn.set(definition, graph);
  return graph;
}

function draw(definition: Definition): Graph {
  const drawing: Drawing = { locations: definition.locations, bodies: [], nodes: 0 };
  const nodes = definition.flow.finish().map(node => drawNode(node, '', drawing));
  if (definition.demo)
    checkDemoSteps(definition.demo, nodes, `workflow ${describeValue(definition.id)}`, definition.at);
  return {
    id: definition.id,
    name: definition.name,
    description: definition.description,
    at: definition.at,
    triggers: definition.triggers,
    ...(definition.notices.length > 0 && { notices: definition.notices }),
    ...(definition.demo && { demo: true as const }),
    payload: payloadJsonSchema(definition.payload),
    nodes,
  };
}

function drawNode(node: FlowNode, parent: string, drawing: Drawing): GraphNode {
  drawing.nodes += 1;
  const path = nodePath(parent, node.id);
  const { id, kind, title, description, unit, at } = node;
  const settings = plain(settingsOf(node));
  const common = {
    path,
    id,
    kind,
    title,
    description,
    unit,
    at,
    ...(Object.keys(settings).length > 0 && { settings }),
  };
  if ('branches' in node)
    return {
      ...common,
      branches: node.branches.map(branch => ({
        id: branch.id,
        title: branch.title,
        at: branch.at,
        nodes: branch.nodes.map(inner => drawNode(inner, parent, drawing)),
      })),
    };
  if ('members' in node) {
    const members = node.members.map(member => ({
      ...drawNode(member, path, drawing),
      ...(!node.keyed && { code: hashOf(member.handler) }),
    }));
    return { ...common, members };
  }
  return 'body' in node ? { ...common, body: drawBody(node, path, drawing) } : common;
}

function drawBody(node: BatchNode | WhileNode, path: string, drawing: Drawing): GraphBody {
  const { locations, bodies } = drawing;
  if (bodies.includes(node.body) || bodies.length >= MOST_DEPTH || drawing.nodes > MOST_NODES)
    return { drawn: false, why: 'It goes on inside itself: what is further in is drawn from what runs.' };
  const flow = new Flow(path, locations);
  bodies.push(node.body);
  try {
    const built = !('items' in node)
      ? node.body(flow as never)
      : (node.body as Body)(itemToDrawWith(node) as never, flow as never);
    // An async body may fail after this call. The run reports that.
    if (built instanceof Promise) built.catch(() => undefined);
    return { drawn: true, nodes: flow.finish().map(inner => drawNode(inner, path, drawing)) };
  } catch (error) {
    // A WorkflowError is a mistake that the author has to fix. Any other error only says that the body
    // needs real items to be drawn.
    if (error instanceof WorkflowError) throw error;
    return { drawn: false, why: error instanceof Error ? error.message : describeValue(error) };
  } finally {
    bodies.pop();
  }
}

/** A parameter that takes its item apart: `({ name }, flow) => …`, also where TypeScript was compiled away. */
const TAKES_APART = /^(?:async\s*)?(?:function\b[^(]*)?\(\s*([{[])/;

/**
 * What a body is drawn with: no items, or no item. One that takes its item apart could not even be called with none: it gets
 * one with nothing in it.
 */
function itemToDrawWith({ kind, body }: BatchNode): unknown {
  if (!isItemByItem(kind)) return [];
  const bracket = TAKES_APART.exec(Function.prototype.toString.call(body))?.[1];
  return bracket === '{' ? {} : bracket === '[' ? [] : undefined;
}

function hashOf(handler: Handler): string {
  return sha256(Function.prototype.toString.call(handler)).slice(0, 16);
}

/** Options as data: functions become `true`, and absent options are omitted. */
function plain(options: object): Record<string, unknown> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return JSON.parse(
    JSON.stringify(Object.fromEntries(entries), (_key, value: unknown) => (typeof value === 'function' ? true : value)),
  ) as Record<string, unknown>;
}

/** The batch size of each batch node in today's code, for batches that are not created yet. */
export function batchSizes(nodes: readonly GraphNode[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { path, settings } of drawnNodes(nodes)) {
    if (typeof settings?.size === 'number') sizes.set(path, settings.size);
  }
  return sizes;
}
