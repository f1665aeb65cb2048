import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Coloured where the terminal shows colours and NO_COLOR does not forbid it. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

// C0 and C1 controls except tab and newline, other ends of lines, and the marks that turn the direction of text around.
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text of the author's, or of their data's, that may hold anything: what could move the cursor or hide text is taken out. */
export function safe(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, '');
}

/** The same on one line, and not longer than `max`. */
export function oneLine(text: string, max = 300): string {
  return clip(safe(text).replace(/\s*\n\s*/g, ' '), max);
}

export function clip(line: string, max: number): string {
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

/** JSON that can be shown on a terminal: the same value, with what `safe` takes out written as escapes. */
export function safeJson(json: string): string {
  return json.replace(UNSAFE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `1,234.5`. Without Intl, the first use of which takes as long as opening the store. */
export function number(value: number): string {
  const [whole = '', rest] = String(Math.round(value * 1000) / 1000).split('.');
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`;
}

/** `1 batch`, `12 batches`. */
export function counted(value: number, [one, many]: readonly [string, string]): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** `0.4 ms`, `1.9 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `0, 4, 7-9`: as `--batches` takes them. At most `max` parts. */
export function ranges(indices: readonly number[], max = 12): string {
  const parts: string[] = [];
  const sorted = [...indices].toSorted((a, b) => a - b);
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    parts.push(start === end ? `${sorted[start]}` : `${sorted[start]}-${sorted[end]}`);
    start = end + 1;
  }
  return parts.length > max ? `${parts.slice(0, max).join(',')},…` : parts.join(',');
}
