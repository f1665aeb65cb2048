import { readFileSync } from 'node:fs';
import { decodedText } from '../common/decoded-text.ts';

/** The text of a file in UTF-8 or UTF-16, without a byte order mark. @throws Error */
export function readTextFile(file: string | number): string {
  return decodedText(readFileSync(file));
}
