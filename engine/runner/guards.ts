import { currentAttempt, type Attempt } from '../run/attempt.ts';
import { toStoredError } from '../run/stored-error.ts';
import type { LogLine } from '../store/records.ts';

type Say = (line: LogLine, attempt: Attempt | undefined) => void;

/** A step tried to end the process that all batches run in. */
class ExitRefused extends Error {
  override readonly name = 'ExitRefused';
}

/** A step tried to close the channel to the process that started this one, which would then count as gone. */
class DisconnectRefused extends Error {
  override readonly name = 'DisconnectRefused';
}

/**
 * Keeps one step's mistakes from ending the whole run: `process.exit`, `process.disconnect`, a rejection nobody handles, an error thrown
 * from a timer. Each fails the step in which it happened; when that step has ended already, it goes into its log.
 */
export function guardProcess(say: Say, now: () => number): void {
  process.exit = ((code?: number | string | null) => {
    refuse(
      new ExitRefused(
        `process.exit(${code ?? ''}) was called ${where()}. It would end all batches of the run. Throw an error instead.`,
      ),
    );
  }) as typeof process.exit;
  process.abort = () =>
    refuse(
      new ExitRefused(
        `process.abort() was called ${where()}. It would end all batches of the run. Throw an error instead.`,
      ),
    );
  const disconnect = process.disconnect?.bind(process);
  process.disconnect = function disconnectOrRefuse() {
    // Node calls it, too, when the process at the other end is gone: this is how a runner hears of that.
    if (isCalledByNode(disconnectOrRefuse)) return disconnect?.();
    return refuse(
      new DisconnectRefused(
        `process.disconnect() was called ${where()}. It would cut the run off from Cronflow, and so end it: the process ` +
          `of a run is Cronflow's. Leave the call out.`,
      ),
    );
  };
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

/** Whether it is the part of Node that reads the channel which calls a function. */
function isCalledByNode(called: () => void): boolean {
  const caller: { stack?: string } = {};
  Error.captureStackTrace(caller, called);
  return /^[^\n]*\n[^\n]*\bnode:internal\/child_process\b/.test(caller.stack ?? '');
}

function where(): string {
  return currentAttempt.getStore() ? 'in a step' : 'while the file was loading';
}

/** Fails the step that asks for it, also when it catches what is thrown here. */
function refuse(error: Error): never {
  currentAttempt.getStore()?.fault(error);
  throw error;
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
