import { isFork } from '../../../common/node-kinds.ts';
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { END, START, type Block, type Plan, type PlanEdge } from './plan.ts';
import { breaksOf, type Spacing } from './rows.ts';
import { BOX_PAD, type CardSize, type Size } from './sizes.ts';
import type { Measure } from './wrap-text.ts';
import {
  type Point,
  type PlacedCard,
  type Line,
  type Layout,
  horizontalLine,
  nearestX,
  translate,
  moved,
} from './geometry.ts';
import { type Elk, FORK, MERGE, FORK_OPTIONS, elkNode, pointsOf } from './elk-graph.ts';

const WHOLE = '';
/** The result goes with what it is the result of. */
const GLUED: ReadonlySet<string> = new Set([END]);
const OUTER: Spacing = { across: 40, down: 40, ratio: 1.5 };
const INNER: Spacing = { across: 32, down: 30, ratio: 1.7 };
/** Members of a `parallel` and the like: rather side by side than below each other. */
const LOOSE: Spacing = { across: BOX_PAD, down: BOX_PAD, ratio: 5 };
const LABEL_HEIGHT = 18;
const LABEL_MOST = 150;
const LABEL_PAD = 14;

/**
 * @param counts Room for the count in a label, in pixels, by the path of the fork.
 * @param view Of what shows it: how wide rows may be, and the layout so far. Rows go on breaking where they did, so that an edit moves as
 *   little as it can.
 */
export async function layOutGraph(
  plan: Plan,
  sizes: ReadonlyMap<string, CardSize>,
  measure: Measure,
  counts: (fork: string) => number,
  elk: Elk,
  { before, room = Infinity }: { readonly before?: Layout | undefined; readonly room?: number | undefined } = {},
): Promise<Layout> {
  const layouter = new Layouter(plan, sizes, measure, counts, elk, before);
  const whole = await layouter.chain(WHOLE, plan.chain, [], { ...OUTER, around: 0, room });
  const start = whole.nodes.get(START) ?? { x: 0, y: 0 };
  layouter.settle(WHOLE, { x: -start.x, y: -start.y }, whole);
  return { nodes: layouter.nodes, edges: layouter.edges, breaks: layouter.breaks };
}

interface ChainSpacing extends Spacing {
  /** The height of what is above and below it. */
  readonly around: number;
  /** See `breaksOf`. */
  readonly room: number;
}

/** Something that has been laid out, from its own corner. */
interface Content extends Size {
  readonly nodes: ReadonlyMap<string, PlacedCard>;
  readonly edges: ReadonlyMap<string, Line>;
  /** Where lines enter it from the left, and leave it to the right. */
  readonly entry: number;
  /** Of what ends in a fork: where its ways come together. */
  readonly merge?: Point | undefined;
}

class Layouter {
  readonly nodes = new Map<string, PlacedCard>();
  readonly edges = new Map<string, Line>();
  readonly breaks = new Map<string, ReadonlySet<string>>();
  readonly #plan: Plan;
  readonly #sizes: ReadonlyMap<string, CardSize>;
  readonly #measure: Measure;
  readonly #counts: (fork: string) => number;
  readonly #elk: Elk;
  readonly #before: Layout | undefined;
  readonly #contents = new Map<string, Content>();
  readonly #outgoing: ReadonlyMap<string, readonly PlanEdge[]>;

  constructor(
    plan: Plan,
    sizes: ReadonlyMap<string, CardSize>,
    measure: Measure,
    counts: (fork: string) => number,
    elk: Elk,
    before: Layout | undefined,
  ) {
    this.#plan = plan;
    this.#sizes = sizes;
    this.#measure = measure;
    this.#counts = counts;
    this.#elk = elk;
    this.#before = before;
    this.#outgoing = Map.groupBy(plan.edges, edge => edge.source);
  }

  async chain(
    owner: string,
    chain: readonly Block[],
    loose: readonly Block[],
    spacing: ChainSpacing,
  ): Promise<Content> {
    const { around, room } = spacing;
    await Promise.all([...chain, ...loose].flatMap(boxesOf).map(box => this.#box(box, room - 2 * BOX_PAD)));
    const pieces = await this.#pieces(chain);
    const breaks = breaksOf(pieces, spacing, { around, room, glued: GLUED, before: this.#before?.breaks.get(owner) });
    this.breaks.set(owner, breaks);
    const inOrder = split(pieces, breaks).map(row => ({
      content: this.#row(row, spacing.across),
      above: spacing.down,
    }));
    const others = loose.map(({ id }) => ({ id, ...this.#card(id) }));
    const beside = split(others, breaksOf(others, LOOSE)).map(row => ({
      content: this.#row(row, LOOSE.across),
      above: LOOSE.down,
    }));
    return this.#stack([...inOrder, ...beside]);
  }

  /** Brings what is in a box to where the box is, from the outermost in. */
  settle(owner: string, origin: Point, content: Content): void {
    for (const [id, placed] of content.nodes) {
      this.nodes.set(id, { ...placed, ...translate(placed, owner === WHOLE ? origin : this.#inset(owner)) });
      const inner = this.#contents.get(id);
      if (inner) this.settle(id, translate(origin, translate(placed, this.#inset(id))), inner);
    }
    for (const [id, line] of content.edges) this.edges.set(id, moved(line, origin));
  }

  #inset(box: string): Point {
    const size = this.#sizes.get(box);
    return { x: BOX_PAD, y: size?.kind === 'box' ? size.top : 0 };
  }

  async #box(box: Extract<Block, { kind: 'box' }>, room: number): Promise<void> {
    const size = this.#sizes.get(box.id);
    const frame = size?.kind === 'box' ? size.top + size.bottom : 0;
    this.#contents.set(box.id, await this.chain(box.id, box.chain, box.loose, { ...INNER, around: frame, room }));
  }

  #size(id: string): Size {
    const size = this.#sizes.get(id);
    if (size?.kind === 'card') return size;
    const content = this.#contents.get(id);
    if (!size || !content) return { width: 0, height: 0 };
    return {
      width: Math.max(size.minWidth, content.width + 2 * BOX_PAD),
      height: size.top + content.height + size.bottom,
    };
  }

  /** Boxes are entered at their head, others in their middle. */
  #entry(id: string): number {
    const size = this.#sizes.get(id);
    return size?.kind === 'box' ? Math.min(36, size.top / 2) : (size?.height ?? 0) / 2;
  }

  #card(id: string): Content {
    const size = this.#size(id);
    return { ...size, entry: this.#entry(id), nodes: new Map([[id, { ...size, x: 0, y: 0 }]]), edges: new Map() };
  }

  /** Each block of a chain by itself. All its forks are asked of ELK at once. */
  async #pieces(chain: readonly Block[]): Promise<readonly (Content & { readonly id: string })[]> {
    const forks = chain.filter(block => block.kind === 'fork');
    const end = chain.at(-1);
    const laidOut =
      forks.length === 0
        ? undefined
        : await this.#elk({
            id: 'forks',
            layoutOptions: { 'elk.algorithm': 'box' },
            children: forks.map(fork => this.#elkFork(fork, fork === end)),
          });
    const byId = new Map(laidOut?.children?.map(fork => [fork.id, fork]));
    return chain.map(({ id }) => {
      const fork = byId.get(`${FORK}${id}`);
      return { id, ...(fork ? this.#fromElk(id, fork) : this.#card(id)) };
    });
  }

  #elkFork(fork: Extract<Block, { kind: 'fork' }>, isLast: boolean): ElkNode {
    const ids = new Set(idsOf(fork));
    const merge = `${MERGE}${fork.id}`;
    const children: ElkNode[] = [...ids].map(id => elkNode(id, this.#size(id), this.#entry(id)));
    if (!isLast) children.push(elkNode(merge, { width: 1, height: 1 }, 0.5));
    const edges: ElkExtendedEdge[] = [];
    for (const edge of [...ids].flatMap(source => this.#outgoing.get(source) ?? [])) {
      const target = ids.has(edge.target) ? edge.target : merge;
      const labels = edge.branch
        ? [
            {
              text: edge.branch.label,
              width: this.#labelWidth(edge),
              height: LABEL_HEIGHT,
              layoutOptions: { 'elk.edgeLabels.inline': 'true' },
            },
          ]
        : [];
      edges.push({ id: edge.id, sources: [`${edge.source}:out`], targets: [`${target}:in`], labels });
    }
    return { id: `${FORK}${fork.id}`, children, edges, layoutOptions: FORK_OPTIONS };
  }

  #labelWidth({ branch, source }: PlanEdge): number {
    if (!branch) return 0;
    const counted = this.#plan.nodes.get(source)?.repetition !== 'once';
    return Math.min(
      LABEL_MOST,
      Math.ceil(this.#measure(branch.label, 'small')) + (counted ? this.#counts(branch.fork) : 0) + LABEL_PAD,
    );
  }

  #fromElk(id: string, { children = [], edges = [], width = 0, height = 0 }: ElkNode): Content {
    const nodes = new Map<string, PlacedCard>();
    let merge: Point | undefined;
    for (const { id: inner, x = 0, y = 0, width: across = 0, height: down = 0 } of children) {
      if (inner === `${MERGE}${id}`) merge = { x, y: y + 0.5 };
      else nodes.set(inner, { x, y, width: across, height: down });
    }
    const lines = new Map<string, Line>();
    for (const { id: edge, sections, labels } of edges) {
      const [section] = sections ?? [];
      const [label] = labels ?? [];
      if (!section) continue;
      lines.set(edge, {
        points: pointsOf(section),
        label: label && {
          x: (label.x ?? 0) + (label.width ?? 0) / 2,
          y: (label.y ?? 0) + (label.height ?? 0) / 2,
          width: label.width ?? 0,
        },
      });
    }
    return { nodes, edges: lines, merge, width, height, entry: (nodes.get(id)?.y ?? 0) + this.#entry(id) };
  }

  /** Pieces side by side, at the height at which they are entered, and the lines between them. */
  #row(pieces: readonly Content[], across: number): Content {
    const nodes = new Map<string, PlacedCard>();
    const edges = new Map<string, Line>();
    const entry = Math.max(0, ...pieces.map(piece => piece.entry));
    let [x, height] = [0, 0];
    let merge: Point | undefined;
    for (const piece of pieces) {
      const by = { x, y: entry - piece.entry };
      const entering = new Map([...piece.nodes].map(([id, placed]) => [id, { ...placed, ...translate(placed, by) }]));
      for (const [edge, from, to] of this.#between(nodes, entering)) {
        const begun = edges.get(edge.id);
        const begin = begun && merge ? merge : { x: from.x + from.width, y: entry };
        const end = { x: to.x, y: entry };
        edges.set(edge.id, { ...begun, points: [...(begun?.points ?? []), ...horizontalLine(begin, end)] });
      }
      for (const [id, placed] of entering) nodes.set(id, placed);
      for (const [id, line] of piece.edges) edges.set(id, moved(line, by));
      merge = piece.merge && translate(piece.merge, by);
      height = Math.max(height, by.y + piece.height);
      x += piece.width + across;
    }
    return { nodes, edges, merge, entry, height, width: Math.max(0, x - across) };
  }

  /** Puts rows under each other, and draws what leads from the end of one to the beginning of the next. */
  #stack(rows: readonly { readonly content: Content; readonly above: number }[]): Content {
    const nodes = new Map<string, PlacedCard>();
    const edges = new Map<string, Line>();
    let height = 0;
    let merge: Point | undefined;
    for (const [index, { content, above }] of rows.entries()) {
      const gap = height + above / 2;
      const by = { x: 0, y: index === 0 ? 0 : height + above };
      const entering = new Map([...content.nodes].map(([id, placed]) => [id, { ...placed, ...translate(placed, by) }]));
      for (const [edge, from, to] of this.#between(nodes, entering)) {
        const begun = edges.get(edge.id);
        edges.set(
          edge.id,
          begun && merge
            ? { ...begun, points: [...begun.points, ...this.#turn(edge, { ...merge, width: 0, height: 0 }, to, gap)] }
            : { points: this.#turn(edge, from, to, gap) },
        );
      }
      for (const [id, placed] of entering) nodes.set(id, placed);
      for (const [id, line] of content.edges) edges.set(id, moved(line, by));
      height = by.y + content.height;
      merge = content.merge && translate(content.merge, by);
    }
    return {
      nodes,
      edges,
      height,
      entry: rows[0]?.content.entry ?? 0,
      width: Math.max(0, ...rows.map(({ content }) => content.width)),
    };
  }

  *#between(
    placed: ReadonlyMap<string, PlacedCard>,
    entering: ReadonlyMap<string, PlacedCard>,
  ): Iterable<readonly [PlanEdge, PlacedCard, PlacedCard]> {
    for (const [id, from] of placed) {
      for (const edge of this.#outgoing.get(id) ?? []) {
        const to = entering.get(edge.target);
        if (to) yield [edge, from, to];
      }
    }
  }

  /** Out below, along the gap between two rows, and in above: straight down where they reach over one another. */
  #turn({ source, target }: PlanEdge, from: PlacedCard, to: PlacedCard, gap: number): readonly Point[] {
    const comesToPoint = (id: string): boolean => isFork(this.#plan.nodes.get(id)?.kind ?? '');
    const x2 = nearestX(from.x + from.width / 2, to, comesToPoint(target));
    const x1 = nearestX(x2, from, comesToPoint(source));
    const [begin, end] = [
      { x: x1, y: from.y + from.height },
      { x: x2, y: to.y },
    ];
    if (Math.abs(x1 - x2) < 1) return [begin, end];
    return [begin, { x: x1, y: gap }, { x: x2, y: gap }, end];
  }
}

function idsOf(block: Block): readonly string[] {
  return block.kind === 'fork' ? [block.id, ...block.branches.flat().flatMap(idsOf)] : [block.id];
}

function boxesOf(block: Block): readonly Extract<Block, { kind: 'box' }>[] {
  if (block.kind === 'box') return [block];
  return block.kind === 'fork' ? block.branches.flat().flatMap(boxesOf) : [];
}

function split<T extends { readonly id: string }>(
  chain: readonly T[],
  breaks: ReadonlySet<string>,
): readonly (readonly T[])[] {
  const rows: T[][] = [];
  for (const piece of chain) {
    const row = rows.at(-1);
    if (row && !breaks.has(piece.id)) row.push(piece);
    else rows.push([piece]);
  }
  return rows;
}
