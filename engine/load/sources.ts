import { dirname, relative, sep } from 'node:path';

import { readRegularFile, readRegularFileSync } from '../regular-file.ts';
import { sha256 } from '../sha256.ts';

/** A file of the user's, as it was when it was loaded. */
export interface SourceFile {
  /** Absolute, with symbolic links followed: the same path as in stacks. */
  path: string;
  text: string;
  /** sha256 of the text, in hex. */
  hash: string;
}

/** The text of a source file, without the byte order mark, which counts in no line and no column. */
export function readSource(path: string): string {
  return withoutMark(readRegularFileSync(path));
}

/** The same, for a process that has other things to do meanwhile. */
export async function readSourceAsync(path: string): Promise<string> {
  return withoutMark(await readRegularFile(path));
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * One hash for all the code a workflow file consists of. It does not depend on where the folder lies or in which
 * order the files were loaded, so that the same checkout has the same hash on two machines.
 */
export function hashOfCode(entry: string, sources: readonly SourceFile[]): string {
  const lines = sources.map(source => {
    const path = relative(dirname(entry), source.path).split(sep).join('/');
    return `${source.hash} ${path}`;
  });
  return sha256(lines.toSorted().join('\n'));
}
