/** What is told among the lines of a log. */
export const LOG_EVENT_KINDS = ['retry', 'batch-failed', 'batch-again', 'session', 'session-end'] as const;
export type LogEventKind = (typeof LOG_EVENT_KINDS)[number];
