/** The word of a line of code at a column, both ends as offsets from its beginning: what failed there. */
export function failingSpan(line: string, column: number): { readonly from: number; readonly to: number } | undefined {
  const from = column - 1;
  if (from < 0 || from >= line.length) return undefined;
  const [word = ''] = /^[\p{L}\p{N}_$]+/u.exec(line.slice(from)) ?? [];
  return { from, to: from + Math.max(1, word.length) };
}
