import { duration, number } from '../../common/format.ts';
import type { LogEvent, LogLine } from '../../host/api/api.ts';

/** The level of a line that says what became of something, and that nobody wrote. */
const EVENT_LEVEL = 'event';

/** Events as lines of a log. */
export function eventLines(events: readonly LogEvent[]): LogLine[] {
  return events.map((event, at): LogLine => {
    const { path, batch } = event;
    return {
      // A line that no store has numbered.
      id: -1 - at,
      at: event.at,
      level: EVENT_LEVEL,
      text: textOf(event),
      ...(path !== undefined && { path }),
      ...(batch && { batch, index: batch.index }),
      ...(event.attempt !== undefined && event.kind === 'retry' && { attempt: event.attempt }),
    };
  });
}

function textOf({ kind, attempt = 1, text = '', waits }: LogEvent): string {
  switch (kind) {
    case 'retry':
      return `attempt ${number(attempt)} failed: ${text} · next one after ${duration(waits ?? 0)}`;
    case 'batch-failed':
      return `the batch failed${attempt > 1 ? ` in attempt ${number(attempt)}` : ''}: ${text}`;
    case 'batch-again':
      return `the batch began again, attempt ${number(attempt)}`;
    case 'session':
      return SESSIONS[text] ?? 'the run was taken up';
    case 'session-end':
      return `the run ended: ${text === '' ? 'its process is gone' : text}`;
  }
}

const SESSIONS: Readonly<Record<string, string>> = {
  start: 'the run began',
  resume: 'the run was resumed',
  rerun: 'a re-run began',
};

/** Lines and events in the order in which they happened; lines stay in their own. */
export function withEvents(lines: readonly LogLine[], events: readonly LogLine[]): readonly LogLine[] {
  if (events.length === 0) return lines;
  // Of a million lines few have an event before them: all between two are copied at once.
  const parts: LogLine[][] = [];
  let from = 0;
  let next = 0;
  for (let at = 0; at < lines.length && next < events.length; at += 1) {
    const line = lines[at];
    const first = next;
    while (line && (events[next]?.at ?? Infinity) < line.at) next += 1;
    if (next === first) continue;
    parts.push(lines.slice(from, at), events.slice(first, next));
    from = at;
  }
  return ([] as LogLine[]).concat(...parts, lines.slice(from), events.slice(next));
}

/** Only those with this in their text or in the path of their step, as the host finds lines. */
export function eventsWith(events: readonly LogLine[], search: string | undefined): readonly LogLine[] {
  const wanted = search?.toLowerCase();
  if (wanted === undefined) return events;
  return events.filter(({ text, path = '' }) => `${text}\n${path}`.toLowerCase().includes(wanted));
}
