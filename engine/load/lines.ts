/** The lines of a text as JavaScript counts them, and so every line number in a stack. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/);
}

/** The line and column, both from 1, of what follows `before`. */
export function placeAfter(before: string): { line: number; column: number } {
  const lines = linesOf(before);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
