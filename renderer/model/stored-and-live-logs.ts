import type { LogLine } from '../../host/api/api.ts';

/**
 * The lines of the store, and then those that arrived live while they were requested. A line that arrived live has no
 * number of the store: it is told by what it says, and when, and shown once.
 */
export function withStoredLines(live: readonly LogLine[], stored: readonly LogLine[]): LogLine[] {
  const known = new Set(live.map(identity));
  return [...stored.filter(line => !known.has(identity(line))), ...live];
}

function identity({ at, level, text, path, index, attempt }: LogLine): string {
  return JSON.stringify([at, level, text, path, index, attempt]);
}
