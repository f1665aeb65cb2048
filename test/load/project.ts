import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll } from 'vitest';

import type { Frame } from '../../engine/load/frames.ts';
import type { LoadErrorKind, SourceFile } from '../../engine/load/load.ts';

// Without it most of a child's time is Node stripping the types of the engine anew.
const env = { ...process.env, NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/test-load', import.meta.url)) };
const child = fileURLToPath(new URL('./child.ts', import.meta.url));

export interface Outcome {
  file: string;
  workflows: string[];
  sources: SourceFile[];
  codeHash: string;
  loadedFiles: number;
  ran: Ran;
  error?: Explained;
}

export interface Ran {
  value?: unknown;
  frames?: Frame[];
  top?: Frame;
  stack?: string;
}

export interface Explained {
  kind: LoadErrorKind;
  message: string;
  file: string;
  line?: number;
  column?: number;
  codeFrame?: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A user's folder with these files, removed when the test file is done. */
export class Project {
  readonly folder: string;

  constructor(files: Record<string, string>, name = 'project') {
    // The real path: on some systems the temporary folder is a symbolic link.
    const outer = realpathSync(mkdtempSync(join(tmpdir(), 'cronflow-load-')));
    folders.push(outer);
    this.folder = join(outer, name);
    mkdirSync(this.folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  link(target: string, name: string): void {
    symlinkSync(resolve(this.folder, target), this.path(name));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Loads a file in a process of its own, which stands in the project's folder. */
  async load(name: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<Outcome> {
    return (await this.#runChild('load', this.path(name), String(timeoutMs ?? ''))) as Outcome;
  }

  /** What is said about files that can't be imported: one process for all of them. */
  async explain(...names: string[]): Promise<Explained[]> {
    return (await this.#runChild('explain', ...names.map((name) => this.path(name)))) as Explained[];
  }

  /** What the workflows of these files return or throw: one process for all of them. */
  async runWorkflows(...names: string[]): Promise<Ran[]> {
    return (await this.#runChild('run', ...names.map((name) => this.path(name)))) as Ran[];
  }

  async #runChild(...args: string[]): Promise<unknown> {
    const process = fork(child, args, { cwd: this.folder, env, execArgv: [], silent: true });
    let complaints = '';
    process.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    const outcome = Promise.race([once(process, 'message'), once(process, 'exit').then(([code]) => {
      throw new Error(`The child ended with code ${String(code)} and said nothing.\n${complaints}`);
    })]);
    return (await outcome.finally(() => process.kill('SIGKILL')))[0];
  }

  /** Runs a script and returns what it prints. */
  async run(script: string): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: this.folder, env });
    return stdout;
  }

  /** Loads a file that can't be loaded and returns what is said about it. */
  async loadError(name: string, options?: { timeoutMs?: number }): Promise<Explained> {
    const { error, workflows } = await this.load(name, options);
    if (error === undefined) throw new Error(`${name} was loaded, with ${workflows.join(', ')}`);
    return error;
  }
}

/** A workflow file whose workflow returns the value of an expression. */
export function flowReturning(expression: string, imports = ''): string {
  return `import { cronflow } from 'cronflow';\n${imports}\ncronflow.define({ id: 'flow', name: 'Flow', run: () => ${expression} });\n`;
}
