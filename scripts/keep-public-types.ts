import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Keeps the declarations in dist that the package's own ones name, and removes the rest: tsc writes those of every module that these
 * are made of, which name packages that nobody else has installed. tsc leaves our `.ts` in the specifiers, which not every reader of
 * declarations understands: they get the `.js` that lies there.
 */

const DIST = path.resolve(import.meta.dirname, '..', 'dist');
const PUBLIC = ['engine/index.d.ts', 'engine/testing/index.d.ts'];

const named = new Set<string>();
for (const entry of PUBLIC) follow(path.join(DIST, entry));

for (const name of readdirSync(DIST, { recursive: true }).map(String)) {
  const file = path.join(DIST, name);
  if (name.endsWith('.d.ts') && !named.has(file)) rmSync(file);
}

function follow(file: string): void {
  if (named.has(file)) return;
  named.add(file);
  const text = readFileSync(file, 'utf8')
    // What is imported for what it does has no types.
    .replaceAll(/^import ['"][^'"]+['"];\n/gm, '')
    .replaceAll(/((?:from|import\()\s*['"]\.[^'"]+)\.ts(?=['"])/g, '$1.js');
  writeFileSync(file, text);
  for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g))
    follow(path.resolve(path.dirname(file), `${specifier}.d.ts`));
}
