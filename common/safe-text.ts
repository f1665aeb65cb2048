/*
 * What authors name things, and what their errors and steps say, may contain anything and stands among our own words: on a
 * terminal, where it could move the cursor, and on a page, where it could turn the direction of the text around it.
 */

// Colours, titles and other sequences for terminals, in their 7-bit and 8-bit forms.
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[@-Z\\^_]/g;

// C0 and C1 controls except tab and newline, other ends of lines, and the marks that turn the direction of text around.
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text without what could move the cursor, hide text, or turn its direction around. Tabs and newlines stay. */
export function safe(text: string): string {
  return text.toWellFormed().replace(SEQUENCES, '').replace(UNSAFE, '');
}

/** The same on one line, and at most `max` characters long. */
export function oneLine(text: string, max = 300): string {
  return clip(safe(text).replace(/\s*\n\s*/g, ' '), max);
}

/** At most `max` characters; what is left out is shown as `…`. */
export function clip(line: string, max: number): string {
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

/** JSON that can be shown anywhere: the same value, with what `safe` removes written as escapes. */
export function safeJson(json: string): string {
  return json.replace(UNSAFE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
