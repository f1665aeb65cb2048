import type { SourceLocation } from '../../common/source-location.ts';

/** A part of a stack, in the order of its lines. */
export type StackPart =
  /** A line of the author's code. */
  | { readonly kind: 'own'; readonly text: string; readonly at: SourceLocation }
  /** Lines that follow each other and are of libraries or of Node: nobody looks there first. */
  | { readonly kind: 'others'; readonly lines: readonly string[] }
  /** Whose lines follow: `Caused by: Error: disk full`. */
  | { readonly kind: 'head'; readonly text: string };

const FRAME =
  /^\s*at (?:async )?(?:(?<what>.*) \()?(?:file:\/\/)?(?<file>\/[^()]*?|[A-Za-z]:[\\/][^()]*?):(?<line>\d+):(?<column>\d+)\)?$/;
/** A longer line is no frame that V8 wrote, and matching it could take long. */
const LONGEST_LINE = 1_000;
const OTHERS = /[\\/]node_modules[\\/]/;

/** A stack as V8 writes it, without its head, which says what the error's message says already. */
export function stackParts(stack: string): readonly StackPart[] {
  const parts: StackPart[] = [];
  for (const line of stack.split('\n')) {
    const last = parts.at(-1);
    if (!/^\s*at /.test(line)) {
      if (last && line.trim() !== '') parts.push({ kind: 'head', text: line.trim() });
      continue;
    }
    const own = ownFrame(line);
    if (own) parts.push(own);
    else if (last?.kind === 'others') parts[parts.length - 1] = { ...last, lines: [...last.lines, line.trim()] };
    else parts.push({ kind: 'others', lines: [line.trim()] });
  }
  return parts;
}

function ownFrame(text: string): StackPart | undefined {
  if (text.length > LONGEST_LINE) return undefined;
  const { what, file, line, column } = FRAME.exec(text)?.groups ?? {};
  if (file === undefined || OTHERS.test(file)) return undefined;
  return { kind: 'own', text: what ?? '', at: { file, line: Number(line), column: Number(column) } };
}
