import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { shellWord } from './shell-word.ts';
import { ownStore } from '../engine/store/own-store.ts';
import { markedFolder, STORE } from '../engine/store/project-store.ts';
import { UsageError } from './usage.ts';

/** The caller's folder: npm changes the folder before it runs a script, and passes the caller's on in INIT_CWD. */
function callerFolder(): string {
  return (calledThroughNpm() && process.env.INIT_CWD) || process.cwd();
}

/** How the caller calls us, for commands they can paste. */
export function commandName(): string {
  if (calledThroughNpm()) return 'npm run cronflow --';
  if (process.env.npm_lifecycle_event === 'npx') return 'npx cronflow';
  const script = process.argv[1] ?? '';
  // Under node_modules the package manager has made a command for it, named `cronflow`.
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

/**
 * The store of a command that names no file: the one of `--store`, else that of the nearest `.cronflow` upwards, where a
 * workflow file of this folder would be stored. Never one further up: a run of another project has the same number.
 */
export function findStore(named: string | undefined): string {
  if (named !== undefined) return fromCaller(named);
  const here = callerFolder();
  const folder = markedFolder(here);
  if (folder !== undefined && existsSync(path.join(folder, STORE))) return ownStore(folder);
  const others = [...(folder === undefined ? [] : storesAbove(folder)), ...storesBelow(here)];
  const hint =
    others.length === 0
      ? 'Name one with --store, or run a workflow first.'
      : `Did you mean --store ${others.map(store => shellWord(toCaller(store))).join(', or --store ')}?`;
  const where = folder === undefined ? `in ${here} or above it` : `in ${folder} yet, which has a .cronflow of its own`;
  throw new UsageError(`There is no run store (${STORE}) ${where}. ${hint}`);
}

/** ` --store …` for a store that a later command from here would not find by itself. */
export function storeOption(store: string): string {
  const folder = markedFolder(callerFolder());
  if (folder !== undefined && path.join(folder, STORE) === store) return '';
  const name = toCaller(store);
  return ` --store ${shellWord(name)}`;
}

/** The nearest store of the folders that a folder lies in: one or none. */
function storesAbove(folder: string): string[] {
  const above = markedFolder(path.dirname(folder));
  if (above === undefined || above === folder) return [];
  const store = path.join(above, STORE);
  return existsSync(store) ? [store] : storesAbove(above);
}

function storesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'node_modules')
    .map(entry => path.join(folder, entry.name, STORE))
    .filter(store => existsSync(store));
}
