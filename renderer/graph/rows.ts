import type { Size } from './sizes.ts';

/*
 * A chain is read like a text: from left to right, and on in the next line. Where lines break decides how large the
 * graph is on the screen.
 */

export interface Spacing {
  /** Between neighbours of a line. */
  readonly across: number;
  /** Between lines. */
  readonly down: number;
  /** Width to height of what there is room for. */
  readonly ratio: number;
}

/** Each line more is a break in the reading: it has to be worth something. */
const COST_OF_A_LINE = 1.03;
/** As much worse than the best as lines may be that are kept because they were so before. */
const KEPT_UNTIL = 1.4;
const MOST_CANDIDATES = 240;

/** The first of each line after the first. @param before The ids that began a line when it was laid out before. */
export function breaksOf(chain: readonly (Size & { readonly id: string })[], spacing: Spacing, before?: ReadonlySet<string>): ReadonlySet<string> {
  let best: { breaks: ReadonlySet<string>; score: number } = { breaks: new Set(), score: scoreOf(chain, new Set(), spacing) };
  for (const width of candidates(chain, spacing)) {
    const breaks = fill(chain, width, spacing);
    const score = scoreOf(chain, breaks, spacing);
    if (score < best.score - 0.5) best = { breaks, score };
  }
  if (!before) return best.breaks;
  const kept = new Set([...before].filter(id => chain.some((item, index) => index > 0 && item.id === id)));
  return scoreOf(chain, kept, spacing) <= best.score * KEPT_UNTIL ? kept : best.breaks;
}

/** How small it has to be shown, more or less: the larger, the worse. */
function scoreOf(chain: readonly (Size & { readonly id: string })[], breaks: ReadonlySet<string>, { across, down, ratio }: Spacing): number {
  let [width, height, line, tall] = [0, 0, 0, 0];
  for (const [index, item] of chain.entries()) {
    if (index > 0 && breaks.has(item.id)) {
      width = Math.max(width, line);
      height += tall + down;
      [line, tall] = [0, 0];
    }
    line += (line > 0 ? across : 0) + item.width;
    tall = Math.max(tall, item.height);
  }
  return Math.max(Math.max(width, line) / ratio, height + tall) * COST_OF_A_LINE ** breaks.size;
}

function fill(chain: readonly (Size & { readonly id: string })[], width: number, { across }: Spacing): ReadonlySet<string> {
  const breaks = new Set<string>();
  let line = 0;
  for (const [index, item] of chain.entries()) {
    const longer = line + (line > 0 ? across : 0) + item.width;
    if (index > 0 && longer > width) breaks.add(item.id);
    line = index > 0 && longer > width ? item.width : longer;
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
