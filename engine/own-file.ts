import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Where our own files are. They run from two places: a checkout, and `dist/`, where a bundle holds many of them
 * (vite.node.config.ts). This file lies one folder below either, as do all chunks of a bundle.
 */

const isCheckout = import.meta.url.endsWith('.ts');

/** The folder with `engine/`, `cli/` and so on: of the checkout, or `dist/` once built. */
export const codeRoot = new URL('../', import.meta.url);

/** A program or module of ours that is started or loaded by its address, such as `engine/runner/child`. */
export function ownFile(name: string): URL {
  return new URL(`${name}.${isCheckout ? 'ts' : 'js'}`, codeRoot);
}

/** The declarations of a module: its source in a checkout, what tsc makes of it once built. */
export function ownTypes(name: string): string {
  return fileURLToPath(new URL(`${name}${isCheckout ? '.ts' : '.d.ts'}`, codeRoot));
}

/** Cronflow's own folder: of the checkout, of the installed package, or of the packaged app. */
export const packageRoot = ((): string => {
  const folder = fileURLToPath(codeRoot);
  return existsSync(path.join(folder, 'package.json')) ? path.resolve(folder) : path.dirname(path.resolve(folder));
})();
