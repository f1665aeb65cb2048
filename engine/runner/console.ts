import { format } from 'node:util';
import { currentAttempt, type Attempt } from '../run/attempt.ts';
import type { LogLine } from '../store/records.ts';

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/** Sends what the author's code says through `console` to the log of the step that says it. */
export function captureConsole(say: (line: LogLine, attempt: Attempt | undefined) => void, now: () => number): void {
  for (const [method, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, string][]) {
    console[method] = (...values: unknown[]) => {
      say({ at: now(), level, text: format(...values) }, currentAttempt.getStore());
    };
  }
  const { table } = console;
  console.table = (...args: Parameters<typeof table>) => {
    console.log(format(...args));
  };
}
