import type { codeFrameColumns } from '@babel/code-frame';
import { requireLibrary } from './libraries/require-library.ts';
import { linesOf } from './lines.ts';
import type { SourceFile } from './sources.ts';

const linesAround = 3;
const library = () => requireLibrary('code-frame') as { codeFrameColumns: typeof codeFrameColumns };

// Wide enough for code, narrow enough that a minified file shows its place and not itself.
const maxWidth = 200;

/** The lines around a place, numbered, without colours; '' when the text has no such line. */
export function codeFrame(text: string, line: number, column?: number): string {
  const lines = linesOf(text);
  if (!Number.isInteger(line) || line < 1 || line > lines.length) return '';

  const first = Math.max(1, line - linesAround);
  let marked = column !== undefined && Number.isInteger(column) && column >= 1 ? column : undefined;
  const shown = lines.slice(first - 1, line + linesAround).map((content, index) => {
    if (first + index !== line) return crop(content, 1).content;
    const cropped = crop(content, marked ?? 1);
    if (marked !== undefined) marked = cropped.column;
    return cropped.content;
  });

  const start = marked === undefined ? { line } : { line, column: marked };
  // In a variable, as the types of @babel/code-frame do not have startLine, which the library does.
  const options = { startLine: first, linesAbove: linesAround, linesBelow: linesAround };
  return library().codeFrameColumns(shown.join('\n'), { start }, options);
}

/** The same for a file that was loaded: its text as it was then, not as it is on the disk by now. */
export function codeFrameOf(
  file: string,
  sources: readonly SourceFile[],
  line?: number,
  column?: number,
): string | undefined {
  const source = sources.find(candidate => candidate.path === file);
  return source === undefined || line === undefined ? undefined : codeFrame(source.text, line, column) || undefined;
}

/** Cuts a long line down to what is around the column, and says where the column has moved to. */
function crop(content: string, column: number): { content: string; column: number } {
  const inLine = Math.min(column, content.length + 1);
  if (content.length <= maxWidth) return { content, column: inLine };
  const from = Math.max(0, Math.min(inLine - 1 - maxWidth / 2, content.length - maxWidth));
  const before = from > 0 ? '…' : '';
  const after = from + maxWidth < content.length ? '…' : '';
  return {
    content: before + content.slice(from, from + maxWidth) + after,
    column: inLine - from + before.length,
  };
}
