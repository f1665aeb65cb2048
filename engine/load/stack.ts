import { absolutePath } from '../paths.ts';

/** One line of a stack, as V8 wrote it. */
export interface StackLine {
  /** The absolute path, or whatever stands in its place: `node:internal/…`, `<anonymous>`. */
  place: string;
  line: number;
  column: number;
  fn: string | undefined;
}

// Deep enough for any stack a person reads, small enough that a 10 MB one costs nothing.
const maxStackLength = 256 * 1024;
// A path has at most 4,096 characters; a longer line is data that happens to be in a message.
const maxLineLength = 8 * 1024;

const stackLine = /^\s*at (?:async )?(.+):(\d+):(\d+)(\)?)$/;
const innermostPlace = /\(([^()]+):(\d+):(\d+)\)/;
const startOfPlace = /^(?:file:|node:|data:|\/|\\\\|[A-Za-z]:[\\/])/;

/**
 * Parses V8's stack format. Not error-stack-parser-es, which also knows the formats of other browsers but
 * loses brackets in paths (`C:\Program Files (x86)`) and takes `async` for a part of the path.
 *
 * `message` is skipped where the stack repeats it: a message may quote another stack, which is not where this
 * error came from.
 */
export function parseStack(stack: string, message = ''): StackLine[] {
  const start = afterMessage(stack, message);
  return stack
    .slice(start, start + maxStackLength)
    .split('\n')
    .flatMap(text => parseLine(text) ?? []);
}

function afterMessage(stack: string, message: string): number {
  if (message === '') return 0;
  // Only in the header, right behind the error's name; further down it would be a coincidence.
  const headed = `: ${message}`;
  const at = stack.slice(0, headed.length + 1024).indexOf(headed);
  return at === -1 ? 0 : at + headed.length;
}

function parseLine(text: string): StackLine | undefined {
  if (text.length > maxLineLength) return undefined;
  const match = stackLine.exec(text);
  if (match === null) return undefined;
  const [, call = '', line, column, bracket] = match;
  if (call.includes('(eval at ')) return parseEval(text, call);
  if (bracket === '') return { place: pathOr(call), line: Number(line), column: Number(column), fn: undefined };

  // Both names and paths may contain ` (`, so the place begins at the first bracket that is followed by one.
  for (let at = call.indexOf(' ('); at !== -1; at = call.indexOf(' (', at + 1)) {
    const place = call.slice(at + 2);
    if (startOfPlace.test(place)) {
      return { place: pathOr(place), line: Number(line), column: Number(column), fn: named(call.slice(0, at)) };
    }
  }
  return undefined;
}

/** Code made by `eval` or `new Function` has no file; the line that made it has. */
function parseEval(text: string, call: string): StackLine | undefined {
  const match = innermostPlace.exec(text);
  if (match === null) return undefined;
  const [, place = '', line, column] = match;
  return {
    place: pathOr(place),
    line: Number(line),
    column: Number(column),
    fn: named(call.slice(0, call.indexOf(' ('))),
  };
}

function pathOr(place: string): string {
  return absolutePath(place) ?? place;
}

function named(fn: string): string | undefined {
  return fn.endsWith('<anonymous>') ? undefined : fn;
}
