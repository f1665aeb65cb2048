/** What a text is set in. The style sheet has the same (graph.css). */
export type Font = 'title' | 'small' | 'mono';
/** How wide a text is, in pixels. */
export type Measure = (text: string, font: Font) => number;

export interface Block {
  readonly lines: number;
  readonly width: number;
}

/**
 * How a text breaks at its spaces into lines of at most `width`, and a word that is longer than a line within itself;
 * what is past the last line is cut off.
 */
export function wrapText(text: string, font: Font, width: number, most: number, measure: Measure): Block {
  const space = measure(' ', font);
  let lines = 1;
  let used = 0;
  let widest = 0;
  for (const word of text.split(/\s+/)) {
    const length = measure(word, font);
    if (used > 0 && used + space + length > width) {
      lines += 1;
      used = length;
    } else {
      used += (used > 0 ? space : 0) + length;
    }
    if (used > width) {
      const more = Math.ceil(used / width) - 1;
      lines += more;
      widest = width;
      used -= more * width;
    }
    widest = Math.max(widest, used);
  }
  return { lines: Math.min(lines, most), width: Math.min(Math.ceil(widest), width) };
}
