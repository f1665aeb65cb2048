import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../engine/own-file.ts';
import { shellWord } from './shell-word.ts';

export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * What to do about a file that the build makes and that is missing: a checkout is built, in its own folder and not in that of the
 * workflows; a package comes built, and is installed again.
 */
export function notBuilt(what: string, file: string, root = packageRoot): string {
  if (existsSync(path.join(root, 'vite.config.ts')))
    return `${what} has not been built. Build it in Cronflow's folder: npm run build --prefix ${shellWord(root)}`;
  return `${what} is missing from this installation of Cronflow (${path.join(root, file)}). Install Cronflow again.`;
}
