import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Changes with each package that is installed, and stands for the files of all of them. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * Notes beside a build what it was made from, as the files were when they were read: dist/sources.json. A checkout runs from its
 * build only as long as all of them are as they were (bin/built.mjs).
 */
export function noteSources(others: readonly string[]): Plugin {
  const sources: Record<string, readonly [size: number, mtimeMs: number]> = {};
  let root = '';
  const note = (file: string) => {
    const { size, mtimeMs } = statSync(file);
    sources[path.relative(root, file).replaceAll('\\', '/')] = [size, mtimeMs];
  };
  return {
    name: 'note-sources',
    enforce: 'pre',
    configResolved: config => {
      root = config.root;
    },
    buildStart: () => {
      for (const file of others) note(path.resolve(root, file));
      if (existsSync(path.resolve(root, INSTALLED))) note(path.resolve(root, INSTALLED));
    },
    load(id) {
      // Before it is read: an edit during the build makes the build outdated.
      if (path.isAbsolute(id) && !id.includes('node_modules')) note(id);
    },
    writeBundle: ({ dir }) => writeFileSync(path.join(dir ?? 'dist', 'sources.json'), JSON.stringify(sources)),
  };
}
