import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Builds what the shells show, once for all tests: they test what people get, and never a build of before. */
export default function buildPage(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, [path.join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
