import { safeJson } from '../common/safe-text.ts';

/**
 * A text as one word of a command that can be pasted: a shell takes nothing in it for more of the command, and nothing in it can
 * move the cursor of the terminal that shows it.
 */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w./:@=,+-]+$/.test(text) || (platform === 'win32' && /^[\w./:@=,+\\-]+$/.test(text))) return text;
  // Quotes and control characters cannot be passed to cmd, and no file name on Windows contains them.
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
