/** Lines of code without the indentation that all of them have, and how many characters that was. */
export function dedent(lines: readonly string[]): { readonly text: string; readonly removed: number } {
  const indented = lines.filter(line => line.trim() !== '');
  const [first = ''] = indented;
  let removed = first.length - first.trimStart().length;
  for (const line of indented) {
    // Tabs and spaces count as what they are: only what is the same in all lines is taken away.
    while (!line.startsWith(first.slice(0, removed))) removed -= 1;
  }
  return { text: lines.map(line => line.slice(removed)).join('\n'), removed };
}
