import type { Args, LogLine, Result } from '../../../host/api/api.ts';
import type { Recording } from '../../../host/api/recording.ts';
import type { BatchTables } from './batch-table.ts';

/** The log lines of a recording, as the store answers for them. */
export function logsOf(
  { logs, nodes }: Recording,
  batches: BatchTables,
  { scope, node, attempt, search, levels, after, before, limit }: Args<'getLogs'>,
): Result<'getLogs'> {
  const paths = new Map(nodes.map(({ node, path }) => [node, path]));
  const needle = search?.toLowerCase();
  const isMeant = (row: number): boolean => {
    const id = logs.ids[row] ?? 0;
    const level = logs.levels[(logs.level[row] ?? 0) - 1] ?? '';
    if (after !== undefined ? id <= after : before !== undefined && id >= before) return false;
    if (scope !== undefined && logs.scope[row] !== scope) return false;
    if (node !== undefined && logs.node[row] !== node) return false;
    if (attempt !== undefined && logs.attempt[row] !== attempt) return false;
    if (levels && !levels.includes(level)) return false;
    if (needle === undefined) return true;
    const text = logs.texts[(logs.text[row] ?? 0) - 1] ?? '';
    const path = paths.get(logs.node[row] ?? 0) ?? '';
    return text.toLowerCase().includes(needle) || path.toLowerCase().includes(needle);
  };
  const lineAt = (row: number): LogLine => {
    const path = paths.get(logs.node[row] ?? 0);
    const batch = batches.placeOf(logs.scope[row] ?? 0);
    const attempt = logs.attempt[row] ?? 0;
    return {
      id: logs.ids[row] ?? 0,
      at: logs.at[row] ?? 0,
      level: logs.levels[(logs.level[row] ?? 0) - 1] ?? '',
      text: logs.texts[(logs.text[row] ?? 0) - 1] ?? '',
      ...(path !== undefined && { path }),
      ...(attempt > 0 && { attempt }),
      ...(batch && { index: batch.index, batch }),
    };
  };
  // From the end that is asked for, and no further than is asked.
  const found: number[] = [];
  const isForward = after !== undefined;
  for (let at = 0; at < logs.ids.length && found.length <= limit; at++) {
    const row = isForward ? at : logs.ids.length - 1 - at;
    if (isMeant(row)) found.push(row);
  }
  const shown = found.slice(0, limit);
  return { lines: (isForward ? shown : shown.toReversed()).map(lineAt), more: found.length > limit };
}
