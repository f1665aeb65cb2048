import { locationText } from '../../common/format.ts';
import { fieldsText, type StoredError, type StoredReason } from '../../common/stored-error.ts';
import { fenced, inline } from './markdown.ts';

/** What a person who is given an error needs beside it. */
export interface ErrorContext {
  /** `run 4 of Clean up the film list, batch 17 of Clean the films` */
  readonly where: string;
  /** The code around the line that failed. */
  readonly code?: { readonly text: string; readonly firstLine: number; readonly line: number } | undefined;
}

/** An error as text for an issue or a chat: what happened, where, the code, and all its causes. */
export function errorMarkdown(error: StoredError, { where, code }: ErrorContext): string {
  const parts = [`**${inline(`${error.name}: ${error.message}`)}**`];
  if (error.explain !== undefined) parts.push(inline(error.explain));
  parts.push(inline(error.at ? `${where}, at ${locationText(error.at)}` : where));
  if (code) parts.push(fenced('ts', numbered(code)));
  const reasons = [...fieldLines(error, 0), ...reasonLines(error, 0)];
  if (reasons.length > 0) parts.push(reasons.join('\n'));
  if (error.stack !== undefined) parts.push(fenced('', error.stack));
  return `${parts.join('\n\n')}\n`;
}

function fieldLines({ fields }: StoredReason, depth: number): string[] {
  return fields ? [`${'  '.repeat(depth)}- ${inline(fieldsText(fields))}`] : [];
}

function reasonLines({ cause, errors = [] }: StoredReason, depth: number): string[] {
  const all = [
    ...errors.map(member => ['one of them', member] as const),
    ...(cause ? [['caused by', cause] as const] : []),
  ];
  return all.flatMap(([how, reason]) => [
    `${'  '.repeat(depth)}- ${how}: ${inline(`${reason.name}: ${reason.message}`)}`,
    ...fieldLines(reason, depth + 1),
    ...reasonLines(reason, depth + 1),
  ]);
}

function numbered({ text, firstLine, line }: NonNullable<ErrorContext['code']>): string {
  const lines = text.split('\n');
  const width = String(firstLine + lines.length - 1).length;
  return lines
    .map((content, at) => {
      const number = firstLine + at;
      return `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${content}`.trimEnd();
    })
    .join('\n');
}
