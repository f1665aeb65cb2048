import { safeJson } from '../common/safe-text.ts';

/**
 * A text as one word of a command that can be pasted: nothing in it is taken for more of the command, and nothing of it
 * moves the terminal it is shown on.
 */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w./:@=,+-]+$/.test(text) || (platform === 'win32' && /^[\w./:@=,+\\-]+$/.test(text))) return text;
  // What cmd cannot be given, no name of a file on Windows has: quotes and controls.
  if (platform === 'win32') return `"${safeJson(text)}"`;
  const quoted = `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = safeJson(
    text
      .replaceAll('\\', '\\\\')
      .replaceAll("'", String.raw`\'`)
      .replaceAll('\n', String.raw`\n`)
      .replaceAll('\t', String.raw`\t`),
  );
  return safeJson(text) === text && !/[\n\t]/.test(text) ? quoted : `$'${escaped}'`;
}
