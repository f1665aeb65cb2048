import Database from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEachFile } from './cleaning.ts';
import { cli, manyCalls, start, type Call, type CallOptions, type Ended } from './cli.ts';

const folders: string[] = [];
afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What every workflow file of these tests begins with: a ledger in the world outside, which no stop and no resume undoes. */
const SUPPLIED = `
import { appendFileSync } from 'node:fs';
const ledger = new URL('./ledger.txt', import.meta.url);
/** Notes what a step has done in the world. */
export function note(entry: unknown): void { appendFileSync(ledger, \`\${JSON.stringify(entry)}\\n\`); }
export function sleep(ms: number): Promise<void> { return new Promise(resolve => setTimeout(resolve, ms)); }
`;

/** A user's folder: workflow files, their store, and the ledger of what the steps did. Gone when the test file is done. */
export class Project {
  readonly folder: string;

  constructor(files: Record<string, string> = {}) {
    // The real path: on some systems the temporary folder is a symbolic link.
    this.folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-cli-')));
    folders.push(this.folder);
    this.write('supplied.ts', SUPPLIED);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** A workflow file: what it imports is written for it. */
  static workflow(body: string): string {
    return `import { cronflow } from 'cronflow';\nimport { note, sleep } from './supplied.ts';\n${body}`;
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  write(name: string, text: string | Buffer): string {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Runs a command from this folder to its end. */
  cli(args: readonly string[], options: Partial<CallOptions> = {}): Promise<Ended> {
    return cli(args, { cwd: this.folder, ...options });
  }

  /** Runs several commands from this folder, one after the other. */
  many(...calls: readonly (readonly string[])[]): Promise<Ended[]> {
    return manyCalls(calls, this.folder);
  }

  /** Starts a command from this folder. */
  start(args: readonly string[], options: Partial<CallOptions> = {}): Call {
    return start(args, { cwd: this.folder, ...options });
  }

  /** What the steps have noted, in order. */
  // oxlint-disable-next-line typescript/no-explicit-any
  ledger(): any[] {
    const file = this.path('ledger.txt');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as unknown);
  }

  get storeFile(): string {
    return this.path('.cronflow', 'runs.db');
  }

  /** Rows of the store, read past the engine. */
  // oxlint-disable-next-line typescript/no-explicit-any
  rows(sql: string, ...parameters: unknown[]): any[] {
    return this.rowsOf(this.storeFile, sql, ...parameters);
  }

  /** The same of another store. */
  // oxlint-disable-next-line typescript/no-explicit-any
  rowsOf(store: string, sql: string, ...parameters: unknown[]): any[] {
    const db = new Database(store, { readonly: true });
    try {
      return db.prepare(sql).all(...parameters);
    } finally {
      db.close();
    }
  }
}
