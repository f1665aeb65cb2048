import { realpathSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';

import { LoadError } from './load-error.ts';
import { namesIn, nearNames } from './near-names.ts';
import { shownPath } from '../paths.ts';

const loadable = /\.(?:[mc]?[jt]s|tsx)$/i;
const loadableNames = '.ts, .mts, .cts, .tsx, .js, .mjs or .cjs';

/** The real path of a workflow file, or a LoadError that says why it can't be one. */
export function findEntry(file: string): string {
  const path = resolve(file);
  const stats = statsOf(path);
  if (stats.isDirectory()) {
    throw new LoadError('not-a-file', `${shownPath(path)} is a folder. ${fileIn(path)}`, { file: path });
  }
  if (!loadable.test(path) || /\.d\.[mc]?ts$/i.test(path)) {
    throw new LoadError(
      'unsupported-type',
      `${shownPath(path)} can't be loaded as a workflow: ${typeOf(path)}. Name a file that ends in ${loadableNames}.`,
      { file: path },
    );
  }
  if (!stats.isFile()) {
    throw new LoadError('not-a-file', `${shownPath(path)} is a device or a pipe, not a file. Name a workflow file.`, {
      file: path,
    });
  }
  return realpathSync(path);
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new LoadError('missing-file', `There is no file ${shownPath(path)}. ${nextStep(path)}`, {
        file: path,
        cause,
      });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(
      'missing-file',
      `${shownPath(path)} can't be read: ${reason}. Check the path and its permissions.`,
      { file: path, cause },
    );
  }
}

function nextStep(path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return `There is no folder ${shownPath(folder)} either: check the path.`;
  const near = nearNames(basename(path), folder).filter(name => loadable.test(name));
  if (near.length === 0) return `Check the name: nothing in ${shownPath(folder)} is called like it.`;
  return `Did you mean ${near.map(name => shownPath(resolve(folder, name))).join(' or ')}?`;
}

function fileIn(folder: string): string {
  const first = namesIn(folder).find(name => loadable.test(name));
  return first === undefined
    ? 'Name a workflow file; there is none in it.'
    : `Name the workflow file in it, such as ${shownPath(resolve(folder, first))}.`;
}

function typeOf(path: string): string {
  if (/\.d\.[mc]?ts$/i.test(path)) return 'it holds only types';
  const extension = extname(path);
  return extension === '' ? 'its name has no extension' : `${extension} is not a type of file that Cronflow runs`;
}
