import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEachFile } from '../support/cleaning.ts';

import type { Frame } from '../../engine/load/frames.ts';
import type { LoadErrorKind, SourceFile } from '../../engine/load/load.ts';
import type { Task } from './child.ts';

// Without it most of a child's time is Node stripping the types of the engine anew.
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/test-load', import.meta.url)),
};
const script = fileURLToPath(new URL('./child.ts', import.meta.url));

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

class Child {
  /** For what is not about `loadWorkflows` itself, which loads once per process: starting a process takes longest of all. */
  static get shared(): Child {
    return (Child.#shared ??= new Child());
  }
  static #shared: Child | undefined;

  readonly #process = fork(script, [], { env, execArgv: [], silent: true });
  readonly #answers: ((answer: unknown) => void)[] = [];
  readonly #ended = Promise.withResolvers<never>();

  constructor() {
    let complaints = '';
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    this.#process.on('message', answer => this.#answers.shift()?.(answer));
    this.#process.on('close', code =>
      this.#ended.reject(new Error(`The child ended with code ${code} and no answer.\n${complaints}`)),
    );
    // Only whoever waits for an answer wants to know.
    this.#ended.promise.catch(() => {});
    children.add(this);
  }

  /** Answers come in the order of the tasks. */
  async perform(task: Task): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    this.#answers.push(answer.resolve);
    this.#process.send(task);
    return Promise.race([answer.promise, this.#ended.promise]);
  }

  end(): void {
    this.#process.kill('SIGKILL');
    children.delete(this);
    if (Child.#shared === this) Child.#shared = undefined;
  }
}

const children = new Set<Child>();
const folders: string[] = [];
afterEachFile(() => {
  for (const child of children) child.end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
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
    const child = new Child();
    return (await child.perform(this.#task('load', [name], timeoutMs)).finally(() => child.end())) as Outcome;
  }

  /** What is said about files that can't be imported. */
  async explain(...names: string[]): Promise<Explained[]> {
    return (await Child.shared.perform(this.#task('explain', names))) as Explained[];
  }

  /** What the workflows of these files return or throw. */
  async run(...names: string[]): Promise<Ran[]> {
    return (await Child.shared.perform(this.#task('run', names))) as Ran[];
  }

  /** What the workflow of one file returns. */
  async valueOf(name: string): Promise<unknown> {
    const [ran] = await this.run(name);
    if (ran?.stack !== undefined) throw new Error(ran.stack);
    return ran?.value;
  }

  #task(kind: Task['kind'], names: string[], timeoutMs?: number): Task {
    return { kind, folder: this.folder, files: names.map(name => this.path(name)), timeoutMs };
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
