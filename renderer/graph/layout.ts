import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { START, type Block, type Plan, type PlanEdge } from './plan.ts';
import { breaksOf, type Spacing } from './rows.ts';
import { BOX_PAD, type CardSize, type Size } from './sizes.ts';
import type { Measure } from './text.ts';

/*
 * Where everything goes. A chain is laid out in lines, read like a text (rows.ts); within a line, what forks is laid out
 * by ELK, and what does not is simply put side by side. Boxes from the innermost out, so that each has its size when the
 * one around it is laid out. Positions are relative to the box a card stands in; lines are in the plane of the whole.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed extends Point, Size {}

export interface Line {
  readonly points: readonly Point[];
  /** The middle of its label, and the width there is for it. */
  readonly label?: (Point & { readonly width: number }) | undefined;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Placed>;
  readonly edges: ReadonlyMap<string, Line>;
  /** What begins a line, by the box it is in; '' is the whole. */
  readonly breaks: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The one thing asked of ELK. */
export type Elk = (graph: ElkNode) => Promise<ElkNode>;

const WHOLE = '';
const OUTER: Spacing = { across: 40, down: 40, ratio: 1.5 };
const INNER: Spacing = { across: 34, down: 30, ratio: 2 };
const LABEL_HEIGHT = 18;
const LABEL_MOST = 150;
/** Room for ` · 12,345` in a label. */
const LABEL_COUNT = 52;
/** As near to a corner as a line may meet a card. */
const CORNER = 24;

/** @param before The layout so far: lines go on breaking where they did, so that an edit moves as little as it can. */
export async function layOut(plan: Plan, sizes: ReadonlyMap<string, CardSize>, measure: Measure, elk: Elk, before?: Layout): Promise<Layout> {
  const layouter = new Layouter(plan, sizes, measure, elk, before);
  const whole = await layouter.chain(WHOLE, plan.chain, [], OUTER, 0);
  const start = whole.nodes.get(START) ?? { x: 0, y: 0 };
  layouter.settle(WHOLE, { x: -start.x, y: -start.y }, whole);
  return { nodes: layouter.nodes, edges: layouter.edges, breaks: layouter.breaks };
}

/** What is within a box, from its own corner. */
interface Content extends Size {
  readonly nodes: ReadonlyMap<string, Placed>;
  readonly edges: ReadonlyMap<string, Line>;
  /** Of a line that ends in a fork: where its ways come together. */
  readonly merge?: Point | undefined;
}

class Layouter {
  readonly nodes = new Map<string, Placed>();
  readonly edges = new Map<string, Line>();
  readonly breaks = new Map<string, ReadonlySet<string>>();
  readonly #plan: Plan;
  readonly #sizes: ReadonlyMap<string, CardSize>;
  readonly #measure: Measure;
  readonly #elk: Elk;
  readonly #before: Layout | undefined;
  readonly #contents = new Map<string, Content>();
  readonly #outgoing: ReadonlyMap<string, readonly PlanEdge[]>;

  constructor(plan: Plan, sizes: ReadonlyMap<string, CardSize>, measure: Measure, elk: Elk, before: Layout | undefined) {
    this.#plan = plan;
    this.#sizes = sizes;
    this.#measure = measure;
    this.#elk = elk;
    this.#before = before;
    this.#outgoing = Map.groupBy(plan.edges, edge => edge.source);
  }

  async chain(owner: string, chain: readonly Block[], loose: readonly Block[], spacing: Spacing, around: number): Promise<Content> {
    await Promise.all([...chain, ...loose].flatMap(boxesOf).map(box => this.#box(box)));
    const breaks = this.#breaks(owner, chain, spacing, around);
    const looseBreaks = breaksOf(loose.map(block => ({ id: block.id, ...this.#extent(block, spacing) })), { ...spacing, across: BOX_PAD, down: BOX_PAD }, undefined);
    const inOrder = await this.#lines(split(chain, breaks), spacing);
    const beside = split(loose, looseBreaks).map(row => this.#sideBySide(row, BOX_PAD));
    return this.#stack([...inOrder.map(content => ({ content, above: spacing.down })), ...beside.map(content => ({ content, above: BOX_PAD }))]);
  }

  /** Brings what is in a box to where the box is, from the outermost in. */
  settle(owner: string, origin: Point, content: Content): void {
    for (const [id, placed] of content.nodes) {
      const offset = owner === WHOLE ? origin : this.#inset(owner);
      this.nodes.set(id, { ...placed, x: placed.x + offset.x, y: placed.y + offset.y });
      const inner = this.#contents.get(id);
      if (inner) this.settle(id, add(origin, add(placed, this.#inset(id))), inner);
    }
    for (const [id, line] of content.edges) this.edges.set(id, moved(line, origin));
  }

  #inset(box: string): Point {
    const size = this.#sizes.get(box);
    return { x: BOX_PAD, y: size?.kind === 'box' ? size.top : 0 };
  }

  async #box(box: Extract<Block, { kind: 'box' }>): Promise<void> {
    const size = this.#sizes.get(box.id);
    const frame = size?.kind === 'box' ? size.top + size.bottom : 0;
    this.#contents.set(box.id, await this.chain(box.id, box.chain, box.loose, INNER, frame));
  }

  #breaks(owner: string, chain: readonly Block[], spacing: Spacing, around: number): ReadonlySet<string> {
    const extents = chain.map(block => ({ id: block.id, ...this.#extent(block, spacing) }));
    // What a box has above and below its cards is part of how high it gets.
    const [first, ...rest] = extents;
    const raised = first ? [{ ...first, height: first.height + around }, ...rest] : extents;
    const breaks = breaksOf(raised, spacing, this.#before?.breaks.get(owner));
    this.breaks.set(owner, breaks);
    return breaks;
  }

  #size(id: string): Size {
    const size = this.#sizes.get(id);
    if (size?.kind === 'card') return size;
    const content = this.#contents.get(id);
    if (!size || !content) return { width: 0, height: 0 };
    return { width: Math.max(size.minWidth, content.width + 2 * BOX_PAD), height: size.top + content.height + size.bottom };
  }

  /** How large a block will be, exactly but for what ELK makes of a fork. */
  #extent(block: Block, spacing: Spacing): Size {
    const own = this.#size(block.id);
    if (block.kind !== 'fork') return own;
    const branches = block.branches.map(chain => this.#chainExtent(chain, spacing));
    const label = Math.max(0, ...this.#ways(block.id).map(edge => this.#labelWidth(edge)));
    const beyond = Math.max(0, ...branches.map(({ width }) => width));
    return {
      width: own.width + label + spacing.across + (beyond > 0 ? spacing.across + beyond : 0),
      height: Math.max(own.height, branches.reduce((sum, { height }) => sum + height + BOX_PAD, -BOX_PAD)),
    };
  }

  #chainExtent(chain: readonly Block[], spacing: Spacing): Size {
    const extents = chain.map(block => this.#extent(block, spacing));
    return {
      width: extents.reduce((sum, { width }) => sum + width, spacing.across * Math.max(0, extents.length - 1)),
      height: Math.max(0, ...extents.map(({ height }) => height)),
    };
  }

  #ways(fork: string): readonly PlanEdge[] {
    return (this.#outgoing.get(fork) ?? []).filter(edge => edge.way);
  }

  #labelWidth({ way, source }: PlanEdge): number {
    if (!way) return 0;
    const counted = this.#plan.nodes.get(source)?.times !== 'once';
    return Math.min(LABEL_MOST, Math.ceil(this.#measure(way.label, 'small')) + (counted ? LABEL_COUNT : 0) + 14);
  }

  async #lines(rows: readonly (readonly Block[])[], spacing: Spacing): Promise<Content[]> {
    const forked = rows.map((row, index) => ({ row, index, last: index === rows.length - 1 })).filter(({ row }) => row.some(block => block.kind === 'fork'));
    const laid = forked.length === 0 ? undefined : await this.#elk({
      id: 'rows', layoutOptions: { 'elk.algorithm': 'box' },
      children: forked.map(({ row, index, last }) => this.#elkRow(`row:${index}`, row, last, spacing)),
    });
    const byId = new Map(laid?.children?.map(child => [child.id, child]));
    return rows.map((row, index) => {
      const child = byId.get(`row:${index}`);
      return child ? this.#fromElk(child) : this.#sideBySide(row, spacing.across);
    });
  }

  /** Where a line leaves and meets a card: boxes at their head, others in the middle. */
  #portY(id: string): number {
    const size = this.#sizes.get(id);
    return size?.kind === 'box' ? Math.min(38, size.top / 2) : (size?.height ?? 0) / 2;
  }

  #sideBySide(row: readonly Block[], across: number): Content {
    const nodes = new Map<string, Placed>();
    const edges = new Map<string, Line>();
    const base = Math.max(0, ...row.map(({ id }) => this.#portY(id)));
    let x = 0;
    for (const { id } of row) {
      const size = this.#size(id);
      nodes.set(id, { ...size, x, y: base - this.#portY(id) });
      x += size.width + across;
    }
    for (const { id } of row) {
      for (const edge of this.#outgoing.get(id) ?? []) {
        const [from, to] = [nodes.get(id), nodes.get(edge.target)];
        if (from && to) edges.set(edge.id, { points: [{ x: from.x + from.width, y: base }, { x: to.x, y: base }] });
      }
    }
    return { nodes, edges, width: Math.max(0, x - across), height: Math.max(0, ...[...nodes.values()].map(({ y, height }) => y + height)) };
  }

  #elkRow(id: string, row: readonly Block[], last: boolean, { across }: Spacing): ElkNode {
    const ids = new Set(row.flatMap(idsOf));
    const end = row.at(-1);
    const merges = !last && end?.kind === 'fork';
    const children: ElkNode[] = [...ids].map(inner => elkNode(inner, this.#size(inner), this.#portY(inner)));
    const merge = `${id}${MERGE}`;
    if (merges) children.push(elkNode(merge, { width: 1, height: 1 }, 0.5));
    const edges: ElkExtendedEdge[] = [];
    for (const edge of [...ids].flatMap(source => this.#outgoing.get(source) ?? [])) {
      const inside = ids.has(edge.target);
      if (!inside && !merges) continue;
      const labels = edge.way ? [{ text: edge.way.label, width: this.#labelWidth(edge), height: LABEL_HEIGHT, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }] : [];
      edges.push({ id: edge.id, sources: [`${edge.source}:out`], targets: [`${inside ? edge.target : merge}:in`], labels });
    }
    return {
      id, children, edges,
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.edgeRouting': 'ORTHOGONAL',
        'elk.padding': '[top=0,left=0,bottom=0,right=0]',
        'elk.spacing.nodeNode': String(BOX_PAD),
        'elk.spacing.edgeNode': '12',
        'elk.spacing.edgeEdge': '8',
        'elk.spacing.edgeLabel': '0',
        'elk.layered.spacing.nodeNodeBetweenLayers': String(across),
        'elk.layered.spacing.edgeNodeBetweenLayers': '12',
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
        'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
        'elk.layered.nodePlacement.favorStraightEdges': 'true',
        'elk.separateConnectedComponents': 'false',
      },
    };
  }

  #fromElk(row: ElkNode): Content {
    const nodes = new Map<string, Placed>();
    let merge: Point | undefined;
    for (const { id, x = 0, y = 0, width = 0, height = 0 } of row.children ?? []) {
      if (id === `${row.id}${MERGE}`) merge = { x, y };
      else nodes.set(id, { x, y, width, height });
    }
    const edges = new Map<string, Line>();
    for (const { id, sections, labels } of row.edges ?? []) {
      const [section] = sections ?? [];
      const [label] = labels ?? [];
      if (!section) continue;
      edges.set(id, {
        points: pointsOf(section),
        label: label && { x: (label.x ?? 0) + (label.width ?? 0) / 2, y: (label.y ?? 0) + (label.height ?? 0) / 2, width: label.width ?? 0 },
      });
    }
    return { nodes, edges, merge, width: row.width ?? 0, height: row.height ?? 0 };
  }

  /** Puts lines under each other, and draws what leads from the end of one to the beginning of the next. */
  #stack(lines: readonly { readonly content: Content; readonly above: number }[]): Content {
    const nodes = new Map<string, Placed>();
    const edges = new Map<string, Line>();
    let height = 0;
    let merge: Point | undefined;
    for (const [index, { content, above }] of lines.entries()) {
      const gap = height + above / 2;
      const by = { x: 0, y: index === 0 ? 0 : height + above };
      const entering = new Map([...content.nodes].map(([id, placed]) => [id, { ...placed, ...add(placed, by) }]));
      for (const [id, line] of this.#turns(nodes, edges, entering, merge, gap)) edges.set(id, line);
      for (const [id, placed] of entering) nodes.set(id, placed);
      for (const [id, line] of content.edges) edges.set(id, moved(line, by));
      height = by.y + content.height;
      merge = content.merge && add(content.merge, by);
    }
    return { nodes, edges, width: Math.max(0, ...lines.map(({ content }) => content.width)), height };
  }

  /** The lines that lead from what has been placed to what enters below it. */
  #turns(placed: ReadonlyMap<string, Placed>, edges: ReadonlyMap<string, Line>, entering: ReadonlyMap<string, Placed>, merge: Point | undefined, gap: number): readonly (readonly [string, Line])[] {
    const turns: [string, Line][] = [];
    const comesToPoint = (id: string): boolean => this.#plan.nodes.get(id)?.kind === 'if';
    for (const [id, from] of placed) {
      for (const edge of this.#outgoing.get(id) ?? []) {
        const to = entering.get(edge.target);
        if (!to) continue;
        const begun = edges.get(edge.id);
        if (begun && merge) {
          const x = nearestX(merge.x, to, comesToPoint(edge.target));
          turns.push([edge.id, { ...begun, points: [...begun.points, ...corner(merge, { x, y: to.y }, gap)] }]);
        } else {
          const x = nearestX(from.x + from.width / 2, to, comesToPoint(edge.target));
          turns.push([edge.id, { points: corner({ x: nearestX(x, from, comesToPoint(id)), y: from.y + from.height }, { x, y: to.y }, gap) }]);
        }
      }
    }
    return turns;
  }
}

/** Of a row: a point in which the ways of its last fork come together. */
const MERGE = ':merge';

function elkNode(id: string, { width, height }: Size, portY: number): ElkNode {
  const port = (side: 'in' | 'out', x: number) => ({ id: `${id}:${side}`, x, y: portY, width: 0, height: 0, layoutOptions: { 'elk.port.side': side === 'in' ? 'WEST' : 'EAST' } });
  return { id, width, height, ports: [port('in', 0), port('out', width)], layoutOptions: { 'elk.portConstraints': 'FIXED_POS' } };
}

function pointsOf({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection): readonly Point[] {
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x, y }));
}

/** Down to the gap between two lines, along it, and down again. */
function corner(from: Point, to: Point, gap: number): readonly Point[] {
  if (Math.abs(from.x - to.x) < 1) return [from, to];
  return [from, { x: from.x, y: gap }, { x: to.x, y: gap }, to];
}

/** The place of a card's edge that is nearest to x; what comes to a point is met there. */
function nearestX(x: number, { x: left, width }: Placed, atPoint: boolean): number {
  if (atPoint || width < 3 * CORNER) return left + width / 2;
  const nearest = Math.min(Math.max(x, left + CORNER), left + width - CORNER);
  return nearest === x ? x : left + width / 2;
}

function add(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}

function moved({ points, label }: Line, by: Point): Line {
  return { points: points.map(point => add(point, by)), label: label && { ...label, ...add(label, by) } };
}

function idsOf(block: Block): readonly string[] {
  return block.kind === 'fork' ? [block.id, ...block.branches.flat().flatMap(idsOf)] : [block.id];
}

function boxesOf(block: Block): readonly Extract<Block, { kind: 'box' }>[] {
  if (block.kind === 'box') return [block];
  return block.kind === 'fork' ? block.branches.flat().flatMap(boxesOf) : [];
}

function split(chain: readonly Block[], breaks: ReadonlySet<string>): readonly (readonly Block[])[] {
  const rows: Block[][] = [];
  for (const block of chain) {
    const row = rows.at(-1);
    if (row && !breaks.has(block.id)) row.push(block);
    else rows.push([block]);
  }
  return rows;
}
