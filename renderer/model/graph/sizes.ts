import { locationLabel } from '../shown-text.ts';
import { hasBatches, NODE_KINDS, type NodeKindInfo } from '../../../common/node-kinds.ts';
import { nodeId, type Plan, type PlanNode } from './plan.ts';
import { wrapText, type Measure } from './wrap-text.ts';

/*
 * How large each card is. Sizes come from what the author wrote and from how many batches there are, never from figures
 * that change while a run goes on: so nothing moves under the eyes of whoever watches it. The style sheet has the same
 * paddings and line heights (graph.css).
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a box: what is above and below the cards in it, and how narrow it may be. */
export interface Frame {
  readonly top: number;
  readonly bottom: number;
  readonly minWidth: number;
}

export type CardSize = ({ readonly kind: 'card' } & Size) | ({ readonly kind: 'box' } & Frame);

const TITLE_LINE = 18;
const SMALL_LINE = 17;
const CHIP_LINE = 16;
const SIGN = 23;
/** What is left and right of a card's text: padding and border. */
const CARD = { pad: 13, edge: 9, min: 156, max: 200, widest: 214 } as const;
const FORK = { pad: 28, edge: 9, min: 136, max: 158 } as const;
export const BOX_PAD = 14;
/** Space around the map within its well. */
export const MAP_PAD = 11;

/** Heights of maps: few batches need little room, and a million no more than many. */
const MAP_HEIGHTS = [60, 84, 116] as const;

/** Which of the heights fits. Steps far apart, so that a growing stream changes the layout twice at most. */
export function mapSize(batches: number): 0 | 1 | 2 {
  return batches <= 60 ? 0 : batches <= 1000 ? 1 : 2;
}

export function mapHeight(batches: number): number {
  return MAP_HEIGHTS[mapSize(batches)];
}

/** By the path of an outermost batch node. */
export type MapSizes = ReadonlyMap<string, 0 | 1 | 2>;

export function sizesOf(plan: Plan, measure: Measure, maps: MapSizes): ReadonlyMap<string, CardSize> {
  return new Map([...plan.nodes.values()].map(node => [node.id, sizeOf(node, measure, maps)]));
}

/** Room for `21 done · 12 failed` in a card inside batches. */
const COUNT_WIDTHS = [132, 156, 190] as const;
/** Room for `21 done · 12 retrying, next in 3 s`, where the author lets the step be retried. */
const RETRY_WIDTH = 190;
/** Room for ` · 12,345` in the label of a line: by how many batches there are. */
const LABEL_COUNTS = [28, 46, 70] as const;

export function labelCount(plan: Plan, fork: string, maps: MapSizes): number {
  const outer = plan.nodes.get(nodeId(fork))?.outerBatch;
  return outer === undefined ? LABEL_COUNTS[0] : LABEL_COUNTS[maps.get(outer) ?? 0];
}

function sizeOf(node: PlanNode, measure: Measure, maps: MapSizes): CardSize {
  switch (node.kind) {
    case 'start':
      return { kind: 'card', width: 168, height: 40 };
    case 'end':
      return { kind: 'card', width: 200, height: 40 };
    case 'pill':
      return { kind: 'card', width: 440, height: 34 };
    case 'note': {
      const text = wrapText(node.title, 'small', 260, 5, measure);
      return { kind: 'card', width: text.width + 4, height: text.lines * SMALL_LINE + 4 };
    }
    case 'lane':
      return { kind: 'box', top: 30, bottom: BOX_PAD, minWidth: measure(node.title, 'title') + 2 * BOX_PAD };
    default:
      return nodeSize(node, NODE_KINDS[node.kind], measure, maps);
  }
}

function nodeSize(node: PlanNode, { holds, repeats }: NodeKindInfo, measure: Measure, maps: MapSizes): CardSize {
  if (repeats === 'batches') return batchSize(node, measure, maps);
  switch (holds) {
    case 'branches':
      return forkSize(node, measure);
    case 'nothing':
      return stepSize(node, measure, maps);
    case 'body':
    case 'members':
      return { kind: 'box', top: 58 + BOX_PAD, bottom: BOX_PAD, minWidth: headWidth(node, measure, 60) };
  }
}

function forkSize(node: PlanNode, measure: Measure): CardSize {
  const text = wrapText(node.title, 'title', FORK.max, 3, measure);
  return {
    kind: 'card',
    width: Math.max(FORK.min, text.width + SIGN) + 2 * FORK.pad,
    height: 2 * FORK.edge + text.lines * TITLE_LINE + SMALL_LINE,
  };
}

function stepSize(node: PlanNode, measure: Measure, maps: MapSizes): CardSize {
  const text = wrapText(node.title, 'title', CARD.max - SIGN - 2 * CARD.pad, 2, measure);
  const chip = chipOf(node);
  const counts = node.outerBatch === undefined ? 0 : COUNT_WIDTHS[maps.get(node.outerBatch) ?? 0];
  const figures = node.node?.settings?.retry === undefined ? counts : Math.max(counts, RETRY_WIDTH);
  return {
    kind: 'card',
    width: cardWidth(text.width, Math.max(figures, chip ? measure(chip, 'mono') : 0)),
    height: 2 * CARD.edge + text.lines * TITLE_LINE + SMALL_LINE + (chip ? CHIP_LINE : 0),
  };
}

function batchSize(node: PlanNode, measure: Measure, maps: MapSizes): CardSize {
  const map = node.outerBatch === undefined ? MAP_HEIGHTS[maps.get(node.path) ?? 0] : 0;
  const bottom = BOX_PAD + (map > 0 ? map + 2 * MAP_PAD : 0);
  return {
    kind: 'box',
    top: 81 + BOX_PAD,
    bottom,
    minWidth: Math.max(headWidth(node, measure, map > 0 ? 210 : 20), map > 0 ? 470 : 224),
  };
}

function cardWidth(title: number, other: number): number {
  return Math.max(
    CARD.min,
    Math.min(CARD.max, title + SIGN + 2 * CARD.pad),
    Math.min(CARD.widest, other + 2 * CARD.pad),
  );
}

function headWidth({ title }: PlanNode, measure: Measure, beside: number): number {
  return Math.min(520, measure(title, 'title') + SIGN + beside + 2 * BOX_PAD);
}

/** Where it is written, as its card says it. */
function chipOf({ node }: PlanNode): string | undefined {
  return node?.at && locationLabel(node.at);
}

export function hasMap(node: PlanNode): boolean {
  return hasBatches(node.kind) && node.outerBatch === undefined;
}
