import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/*
 * What a program loads before it does anything. In a bundle a careless grouping is enough to load compiled modules too early, or
 * to start one program from another.
 */

const DIST = path.resolve(import.meta.dirname, '../../dist');

/** All that a built file imports, and what that imports, as addresses from dist/ or names of packages. */
function loadedBy(file: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(path.join(DIST, file), 'utf8');
  for (const [, imported = ''] of text.matchAll(/^(?:import|export)\b(?:[^'";]*\bfrom)?\s*"([^"]+)";/gm)) {
    const name = imported.startsWith('.') ? path.posix.join(path.posix.dirname(file), imported) : imported;
    if (found.has(name)) continue;
    found.add(name);
    if (imported.startsWith('.')) loadedBy(name, found);
  }
  return found;
}

test.each(['cli/main.js', 'engine/runner/main.js', 'engine/index.js'])(
  'the built %s loads nothing compiled, few files, and no other program',
  program => {
    const loaded = [...loadedBy(program)].filter(name => !name.startsWith('node:'));
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.length).toBeLessThan(5);
    expect(loaded.filter(name => !name.startsWith('bundled/'))).toEqual([]);
  },
);
