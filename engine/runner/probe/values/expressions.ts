/** More of a line are not read. */
const MOST = 8;

const WORDS = new Set(
  'await break case catch class const continue default delete do else export extends false finally for function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while with yield async'.split(
    ' ',
  ),
);

/**
 * The variables that a line of code reads, and members of them: `film`, `film.Title`, `film['Release Date']`. What is called or computed is
 * not among them. Texts and comments are left out.
 */
export function expressionsIn(line: string): string[] {
  const code = line
    .replace(/\/\/.*$/, '')
    // A key in brackets stays.
    .replaceAll(/(?<!\[)(["'`])(?:\\.|(?!\1)[^\\])*\1(?!\])/g, '""');
  const found = new Set<string>();
  for (const { 0: chain, index } of code.matchAll(CHAIN)) {
    const parts = chain.match(PART) ?? [];
    const [first = ''] = parts;
    const after = code.slice(index + chain.length).trimStart();
    // The key of an object, the name of a function that is called, or a member of something that was computed.
    const isKey = parts.length === 1 && after.startsWith(':') && !after.startsWith('::');
    const before = code.slice(0, index).trimEnd().at(-1);
    if (WORDS.has(first) || before === '.' || isKey) continue;
    for (let length = 1; length <= parts.length; length++) {
      const expression = parts.slice(0, length).join('').replaceAll('?.', '.');
      if (length < parts.length || parts.length > 1 || !after.startsWith('(')) found.add(expression);
    }
  }
  return [...found].slice(0, MOST);
}

const CHAIN = /[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[(?:'[^'\\]*'|"[^"\\]*"|\d+)\])*/g;
const PART = /^[A-Za-z_$][\w$]*|\??\.[A-Za-z_$][\w$]*|\[(?:'[^'\\]*'|"[^"\\]*"|\d+)\]/g;
