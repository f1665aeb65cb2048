import type { Size } from './sizes.ts';

/*
 * A chain is read like a text: from left to right, and on in the next row. Where rows break decides how large the graph
 * can be shown.
 */

export interface Spacing {
  /** Between neighbours in a row. */
  readonly across: number;
  /** Between rows. */
  readonly down: number;
  /** Width to height of what there is room for. */
  readonly ratio: number;
}

export interface Piece extends Size {
  readonly id: string;
}

interface Bounds {
  /** Height of what is above and below the rows. */
  readonly around?: number;
  /** What begins no row. */
  readonly glued?: ReadonlySet<string>;
  /** How wide rows may be without reaching out of the view where text can be read. */
  readonly room?: number;
  /** What began a row when this was laid out before. */
  readonly before?: ReadonlySet<string> | undefined;
}

/** Each row more is a break in the reading: it has to be worth something. */
const COST_OF_A_ROW = 1.03;
/** What reaches out of the view to the right is worse than what reaches out below, in each row: one reads downwards. */
const COST_OF_WIDTH = 4;
/** As much worse than the best as rows may be that are kept because they were so before. */
const KEPT_UNTIL = 1.4;
const MOST_CANDIDATES = 240;

/** The first of each row after the first. */
export function breaksOf(
  chain: readonly Piece[],
  spacing: Spacing,
  { around = 0, glued = new Set(), room = Infinity, before }: Bounds = {},
): ReadonlySet<string> {
  const none: ReadonlySet<string> = new Set();
  const score = (breaks: ReadonlySet<string>) => scoreOf(chain, breaks, spacing, { around, room });
  let best = { breaks: none, score: score(none) };
  for (const width of candidates(chain, spacing)) {
    const breaks = fill(chain, width, spacing, glued);
    const scored = score(breaks);
    if (scored < best.score - 0.5) best = { breaks, score: scored };
  }
  if (!before) return best.breaks;
  const kept = new Set([...before].filter(id => chain.some((item, index) => index > 0 && item.id === id)));
  return score(kept) <= best.score * KEPT_UNTIL ? kept : best.breaks;
}

/** How small it has to be shown, more or less: the larger, the worse. */
function scoreOf(
  chain: readonly Piece[],
  breaks: ReadonlySet<string>,
  { across, down, ratio }: Spacing,
  { around, room }: Required<Pick<Bounds, 'around' | 'room'>>,
): number {
  let [width, height, row, tall, out] = [0, around, 0, 0, 0];
  for (const [index, item] of chain.entries()) {
    if (index > 0 && breaks.has(item.id)) {
      width = Math.max(width, row);
      out += Math.max(0, row - room);
      height += tall + down;
      [row, tall] = [0, 0];
    }
    row += (row > 0 ? across : 0) + item.width;
    tall = Math.max(tall, item.height);
  }
  const wide = Math.max(width, row);
  const size = Math.max(wide / ratio, height + tall) + COST_OF_WIDTH * (out + Math.max(0, row - room));
  return size * COST_OF_A_ROW ** breaks.size;
}

function fill(
  chain: readonly Piece[],
  width: number,
  { across }: Spacing,
  glued: ReadonlySet<string>,
): ReadonlySet<string> {
  const breaks = new Set<string>();
  let row = 0;
  for (const [index, item] of chain.entries()) {
    const longer = row + (row > 0 ? across : 0) + item.width;
    const next = chain[index + 1];
    // What is glued to it comes along.
    const fits = longer + (next && glued.has(next.id) ? across + next.width : 0) <= width;
    const begins = index > 0 && !fits && !glued.has(item.id);
    if (begins) breaks.add(item.id);
    row = begins ? item.width : longer;
  }
  return breaks;
}

/** Widths worth trying: what some neighbours take together. */
function candidates(chain: readonly Size[], { across }: Spacing): readonly number[] {
  const widths = new Set<number>();
  for (const from of chain.keys()) {
    let width = 0;
    for (const item of chain.slice(from)) widths.add((width += (width > 0 ? across : 0) + item.width));
  }
  const sorted = [...widths].toSorted((a, b) => a - b);
  const every = Math.ceil(sorted.length / MOST_CANDIDATES);
  return sorted.filter((_, index) => index % every === 0);
}
