import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkJsonEvent } from './json-events.ts';

/* The command line as users have it, bin/cronflow.mjs in a process of its own: for tests, and for scripts that know no vitest. */

export const BIN = fileURLToPath(new URL('../../bin/cronflow.mjs', import.meta.url));
/** Without it most of a process's time is Node stripping the engine's types anew. */
export const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/test-cli', import.meta.url));

/** A line of `--json`. */
export interface Event {
  readonly event: string;
  // What the lines hold is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout as JSON; empty where the command was called without `--json`. */
  readonly events: readonly Event[];
  /** The last line. */
  readonly summary: Event;
}

export interface CallOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The Node to call it with. @default this one */
  readonly node?: string;
  /** A whole command instead of node and bin/cronflow.mjs; the arguments come after it. */
  readonly command?: readonly string[];
  readonly uid?: number;
  /** In a process group of its own, as a shell starts it. */
  readonly detached?: boolean;
}

/** Calls that go on. */
const open = new Set<Call>();

export function killAllCalls(): void {
  for (const call of open) call.kill('SIGKILL');
}

/** A call that is going on. */
export class Call {
  readonly child: ChildProcess;
  readonly done: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(
    args: readonly string[],
    { cwd, env, node = process.execPath, command = [node, BIN], uid, detached = false }: CallOptions,
  ) {
    const [file = '', ...before] = command;
    this.child = spawn(file, [...before, ...args], {
      cwd,
      detached,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...env },
      ...(uid !== undefined && { uid, gid: uid }),
    });
    open.add(this);
    this.done = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        open.delete(this);
        resolve(endedOf({ code, signal, stdout: this.stdout, stderr: this.stderr }, args));
        for (const watch of [...this.#watchers]) watch();
      });
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text;
        for (const watch of [...this.#watchers]) watch();
      });
    }
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The command did not start.');
    return this.child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when the condition holds, looked at again whenever something was written. */
  async until(what: string, holds: (call: Call) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        const over = !open.has(this);
        if (!holds(this)) {
          if (!over) return;
          reject(new Error(`The command ended before ${what}.\n${this.stdout}\n${this.stderr}`));
        }
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Resolves when the log or the notes of the command hold the text. */
  async says(text: string): Promise<void> {
    await this.until(
      `it said ${JSON.stringify(text)}`,
      ({ stdout, stderr }) => stdout.includes(text) || stderr.includes(text),
    );
  }
}

export function endedOf(result: Omit<Ended, 'events' | 'summary'>, args: readonly string[]): Ended {
  const events = args.includes('--json') ? jsonLines(result.stdout) : [];
  return { ...result, events, summary: events.at(-1) ?? { event: 'nothing' } };
}

/** Every line must be JSON. */
function jsonLines(text: string): Event[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const event = parsed(line);
      checkJsonEvent(event);
      return event;
    });
}

let dataFolder: string | undefined;

/** What a person's Cronflow remembers: never that of whoever runs the tests. */
function ownDataFolder(): string {
  if (dataFolder === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), 'cronflow-data-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    dataFolder = made;
  }
  return dataFolder;
}

/** What vitest and npm have set is not what a user has. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const left = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|VITEST|NODE_OPTIONS$|NODE_ENV$|FORCE_COLOR$|NO_COLOR$|TEST$|CRONFLOW_)/i.test(name),
  );
  return { ...Object.fromEntries(left), NODE_COMPILE_CACHE: COMPILE_CACHE, CRONFLOW_DATA: ownDataFolder() };
}

/** Whether a process is there and at work. One that has ended and that nobody has waited for is not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when the condition holds. @throws when it does not within thirty seconds */
export async function eventually(what: string, holds: () => boolean, everyMs = 20): Promise<void> {
  for (const deadline = Date.now() + 30_000; !holds();) {
    if (Date.now() > deadline) throw new Error(`It did not come to this within 30 s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}

function parsed(line: string): Event {
  try {
    return JSON.parse(line) as Event;
  } catch {
    throw new Error(`stdout has a line that is not JSON: ${line.slice(0, 500)}`);
  }
}
