import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../support/call.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A folder outside the checkout in which `vega-datasets` and `zod` are found as they are inside it. */
export function newFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-guide-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a started command is dealt with while it runs. */
export interface Started {
  /** Everything it has written so far. */
  written(): string;
  interrupt(): void;
}

/** What npm sets for `npm run cronflow -- …`, called in that folder. */
function environment(folder: string): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...env } = process.env;
  return {
    ...env,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    NO_COLOR: '1',
    npm_lifecycle_event: 'cronflow',
    INIT_CWD: folder,
  };
}

/** A command line in which one command is typed after the other, in one process. Close it. */
export class CommandLine {
  readonly #child: ChildProcess;

  constructor(folder: string) {
    this.#child = fork(fileURLToPath(new URL('./typed.ts', import.meta.url)), [], {
      cwd: folder,
      execArgv: [],
      env: environment(folder),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  type(args: readonly string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) =>
        reject(new Error(`The command line ended with ${code} at: ${args.join(' ')}`));
      this.#child.once('exit', onExit);
      this.#child.once('message', ended => {
        this.#child.off('exit', onExit);
        resolve(ended as Ended);
      });
      this.#child.send(args);
    });
  }

  close(): void {
    this.#child.disconnect();
  }
}

/** Runs `cronflow` in a process of its own, as `npm run cronflow -- …` does in that folder. */
export function runCronflow(
  folder: string,
  args: readonly string[],
  onOutput?: (started: Started) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'cronflow.mjs'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(folder),
  });
  const text = { stdout: '', stderr: '' };
  const started: Started = { written: () => text.stderr + text.stdout, interrupt: () => child.kill('SIGINT') };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
      onOutput?.(started);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? -1, ...text }));
  });
}

/** Counts as the command line gives them. */
export interface Counts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** The last line of a command with `--json`. */
export interface Summary {
  readonly event: 'summary';
  readonly run: string;
  readonly status: string;
  readonly items: Counts;
  readonly batches: Counts;
  readonly steps: { readonly executed: number };
  readonly state: Readonly<Record<string, unknown>>;
  readonly output: unknown;
}

/** A command with `--json`: its exit code, and the lines it wrote. */
export async function runForJson(
  folder: string,
  args: readonly string[],
): Promise<{ code: number; lines: readonly object[]; summary: Summary }> {
  const { code, stdout, stderr } = await runCronflow(folder, [...args, '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as object);
  const summary = lines.at(-1);
  if (!isSummary(summary))
    throw new Error(`cronflow ${args.join(' ')} ended with code ${code} and no summary: ${stderr}${stdout}`);
  return { code, lines, summary };
}

function isSummary(line: object | undefined): line is Summary {
  return line !== undefined && 'event' in line && line.event === 'summary';
}
