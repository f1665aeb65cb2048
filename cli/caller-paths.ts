import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage.ts';

const STORE = path.join('.cronflow', 'runs.db');

/** Where the caller stands: npm changes the folder before it runs a script, and keeps theirs here. */
function callerFolder(): string {
  return (calledThroughNpm() && process.env.INIT_CWD) || process.cwd();
}

/** How the caller calls us, for commands they can paste. */
export function commandName(): string {
  if (calledThroughNpm()) return 'npm run cronflow --';
  if (process.env.npm_lifecycle_event === 'npx') return 'npx cronflow';
  const script = process.argv[1] ?? '';
  // Under node_modules it is an installed command that its package manager has made, whose own name is `cronflow`.
  const isCheckout = path.basename(script) === 'cronflow.mjs' && !script.split(path.sep).includes('node_modules');
  return isCheckout ? `node ${shellWord(toCaller(script))}` : 'cronflow';
}

function calledThroughNpm(): boolean {
  return process.env.npm_lifecycle_event === 'cronflow';
}

export function fromCaller(file: string): string {
  return path.resolve(callerFolder(), file);
}

/** As the caller would write it: relative where that is shorter. */
export function toCaller(file: string): string {
  const relative = path.relative(callerFolder(), file);
  return relative !== '' && relative.length < file.length ? relative : file;
}

export function storeBeside(workflowFile: string): string {
  return path.join(path.dirname(workflowFile), STORE);
}

/** The store a command without a file means: the one named, else that of this folder or the nearest one above it. */
export function findStore(named: string | undefined): string {
  if (named !== undefined) return fromCaller(named);
  const here = callerFolder();
  for (let folder = here; ; folder = path.dirname(folder)) {
    const store = path.join(folder, STORE);
    if (existsSync(store)) return store;
    if (folder === path.dirname(folder)) break;
  }
  const below = storesBelow(here);
  const hint =
    below.length === 0
      ? 'Name one with --store, or run a workflow first.'
      : `Did you mean --store ${below.map(store => shellWord(toCaller(store))).join(', or --store ')}?`;
  throw new UsageError(`There is no run store (${STORE}) in ${here} or above it. ${hint}`);
}

/** ` --store …` where a later command from here would not find the store by itself. */
export function storeOption(store: string): string {
  try {
    if (findStore(undefined) === store) return '';
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  const name = toCaller(store);
  return ` --store ${shellWord(name)}`;
}

function storesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'node_modules')
    .map(entry => path.join(folder, entry.name, STORE))
    .filter(store => existsSync(store));
}

/** The workflow files of a folder, or the file itself. */
export function workflowFiles(place: string): { files: string[]; isFolder: boolean } {
  if (!existsSync(place) || !statSync(place).isDirectory()) return { files: [place], isFolder: false };
  const files = readdirSync(place, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /\.[mc]?[jt]s$/.test(entry.name) && !/\.d\.[mc]?ts$/.test(entry.name))
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(
      file =>
        !path
          .relative(place, file)
          .split(path.sep)
          .some(part => part === 'node_modules' || part.startsWith('.')),
    );
  return { files: files.toSorted(), isFolder: true };
}
