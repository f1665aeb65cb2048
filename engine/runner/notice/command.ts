import { spawn } from 'node:child_process';
import { clip } from '../../../common/safe-text.ts';
import type { FinishedRun } from '../../store/finished-run.ts';
import { lastLine } from '../exit-reason.ts';

export interface CommandOptions {
  readonly store: string;
  /** Where it is executed. */
  readonly folder: string;
  readonly withinMs: number;
  readonly onOutput: (text: string) => void;
}

const LONGEST_VALUE = 4_000;
const REMEMBERED_OUTPUT = 2_000;

/** Executes a command, and waits for its end. @returns why it failed, if it did */
export async function executeCommand(
  [program, ...args]: readonly [string, ...string[]],
  finished: FinishedRun,
  { store, folder, withinMs, onOutput }: CommandOptions,
): Promise<string | undefined> {
  return await new Promise(resolve => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...variablesOf(finished, store) },
      stdio: 'pipe',
      // A group of its own, so that what it starts is ended with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let said = '';
    const note = (text: string) => {
      said = (said + text).slice(-REMEMBERED_OUTPUT);
      onOutput(text);
    };
    child.stdout.setEncoding('utf8').on('data', note);
    child.stderr.setEncoding('utf8').on('data', note);
    // It need not read what it is told there.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(finished)}\n`);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      end(child.pid, () => child.kill('SIGKILL'));
      // What it has started elsewhere may hold the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, withinMs);
    const settle = (why: string | undefined) => {
      clearTimeout(timer);
      resolve(why);
    };
    child.on('error', error => settle(error.message));
    child.on('close', (code, signal) => {
      if (isLate) settle(`it took longer than ${withinMs / 1000} s and was ended`);
      else if (code === 0) settle(undefined);
      else settle(`it ended with ${signal ?? `code ${code}`}${said.trim() === '' ? '' : `: ${lastLine(said)}`}`);
    });
  });
}

function end(leader: number | undefined, otherwise: () => void): void {
  try {
    if (leader === undefined || process.platform === 'win32') otherwise();
    else process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** docs/own-project.md has their table. */
function variablesOf(finished: FinishedRun, store: string): Record<string, string> {
  const { run, workflow, name, file, status, reason, error, items, batches, failedBatches, durationMs } = finished;
  const values = {
    CRONFLOW_RUN: run,
    CRONFLOW_RUN_STATUS: status,
    CRONFLOW_RUN_WORKFLOW: workflow,
    CRONFLOW_RUN_NAME: name,
    CRONFLOW_RUN_FILE: file,
    CRONFLOW_RUN_STORE: store,
    CRONFLOW_RUN_REASON: reason ?? '',
    CRONFLOW_RUN_ERROR: error ?? '',
    CRONFLOW_RUN_ITEMS: items.total,
    CRONFLOW_RUN_ITEMS_SUCCEEDED: items.succeeded,
    CRONFLOW_RUN_BATCHES: batches.total,
    CRONFLOW_RUN_FAILED_BATCHES: failedBatches,
    CRONFLOW_RUN_DURATION_MS: durationMs,
  };
  // A system refuses variables with this character, and very long ones.
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, clip(String(value).replaceAll('\0', ''), LONGEST_VALUE)]),
  );
}
