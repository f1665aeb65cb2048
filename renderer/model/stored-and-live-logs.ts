import type { LogLine } from '../../host/api/api.ts';

/**
 * The lines of the store, and then those that arrived live while they were requested. A line that arrived live has no
 * number of the store: it is told by what it says, and when, and shown once.
 */
export function withStoredLines(live: readonly LogLine[], stored: readonly LogLine[]): LogLine[] {
  const known = new Set(live.map(identity));
  return [...stored.filter(line => !known.has(identity(line))), ...live];
}

/** Lines that arrive live, behind those that are shown. The store may have had them first, when what it has was requested meanwhile. */
export function withLiveLines(shown: readonly LogLine[], live: readonly LogLine[]): LogLine[] {
  const from = Math.min(...live.map(({ at }) => at));
  const stored = new Set(shown.filter(({ id, at }) => id > 0 && at >= from).map(identity));
  return [...shown, ...live.filter(line => !stored.has(identity(line)))];
}

function identity({ at, level, text, path, index, attempt }: LogLine): string {
  return JSON.stringify([at, level, text, path, index, attempt]);
}
