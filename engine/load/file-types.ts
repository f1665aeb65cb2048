import { statSync } from 'node:fs';

export function isTypeScript(path: string): boolean {
  return /\.(?:[mc]?ts|tsx)$/i.test(path);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
