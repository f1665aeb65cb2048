import type { LogLine } from '../../host/api/api.ts';

/** What of a log is shown. */
export interface LogFilter {
  readonly search: string;
  readonly level: LogLevel;
  readonly newestFirst: boolean;
  /** Also retries, and what became of batches and of the run. */
  readonly events: boolean;
}

export const LOG_LEVELS = {
  all: 'All lines',
  warnings: 'Warnings and errors',
  errors: 'Errors',
  none: 'Only events',
} as const;
export type LogLevel = keyof typeof LOG_LEVELS;

export const WHOLE_LOG: LogFilter = { search: '', level: 'all', newestFirst: false, events: true };

const LEVELS_OF: Readonly<Record<LogLevel, readonly string[] | undefined>> = {
  all: undefined,
  warnings: ['warn', 'error'],
  errors: ['error'],
  none: [],
};

/** What the host is asked for. */
export function askedOf({ search, level }: LogFilter): { search?: string; levels?: string[] } {
  const levels = LEVELS_OF[level];
  return { ...(search.trim() !== '' && { search: search.trim() }), ...(levels && { levels: [...levels] }) };
}

export function isWhole(filter: LogFilter): boolean {
  return Object.keys(askedOf(filter)).length === 0;
}

/** A log as text, a line each: when, how grave, who, what. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, level, path, index, attempt, text }) => {
      const who = [path, index !== undefined && `#${index}`, (attempt ?? 1) > 1 && `(attempt ${attempt})`];
      return [new Date(at).toISOString(), level.padEnd(5), ...who, text]
        .filter(part => part !== undefined && part !== false)
        .join(' ');
    })
    .join('\n');
}
