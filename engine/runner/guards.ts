import { currentAttempt, type Attempt } from '../run/attempt.ts';
import { toStoredError } from '../run/stored-error.ts';
import type { LogLine } from '../store/records.ts';

type Say = (line: LogLine, attempt: Attempt | undefined) => void;

/** A step tried to end the process that all batches run in. */
class ExitRefused extends Error {
  override readonly name = 'ExitRefused';
}

/**
 * Keeps one step's mistakes from ending the whole run: `process.exit`, a rejection nobody handles, an error thrown
 * from a timer. Each fails the step in which it happened; when that step has ended already, it goes into its log.
 */
export function guardProcess(say: Say, now: () => number): void {
  process.exit = ((code?: number | string | null) => {
    const attempt = currentAttempt.getStore();
    const error = new ExitRefused(
      `process.exit(${code ?? ''}) was called${attempt ? ' in a step' : ' while the file was loading'}. It would ` +
        `end all batches of the run. Throw an error instead.`,
    );
    attempt?.fault(error);
    throw error;
  }) as typeof process.exit;
  process.on('unhandledRejection', reason => blame(reason, 'A rejected promise that nothing awaits', say, now));
  process.on('uncaughtException', error => blame(error, 'An error thrown outside any promise', say, now));
  // The process that reads what is written past `console` may be gone. The run is about to stop for that: the step that
  // writes did nothing wrong.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function blame(thrown: unknown, what: string, say: Say, now: () => number): void {
  const attempt = currentAttempt.getStore();
  if (attempt && !attempt.ended) {
    attempt.fault(
      thrown instanceof Error ? thrown : new Error(`${what}: ${toStoredError(thrown).message}`, { cause: thrown }),
    );
    return;
  }
  const { name, message, at } = toStoredError(thrown);
  say(
    {
      at: now(),
      level: 'error',
      text: `${what}${attempt ? ', after its step had ended' : ''}: ${name}: ${message}${at ? ` (${at.file}:${at.line})` : ''}`,
    },
    attempt,
  );
}
