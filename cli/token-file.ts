import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { readRegularFileSync } from '../engine/regular-file.ts';
import { safe } from '../common/safe-text.ts';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage.ts';

/** 192 bits, as `serve` makes its own: nobody guesses it, however often they ask. */
const BYTES = 24;
/** What is shorter, somebody has thought of. */
const SHORTEST = 32;
/** A token and an end of line. */
const LARGEST = 4_096;
/** Of other users of the machine: writing. */
const WRITABLE_BY_OTHERS = 0o022;

/** The token in the file. If there is no such file, it gets a new one, which only this user can read. @throws UsageError */
export function readTokenFile(file: string): string {
  const shown = `--token-file ${safe(file)}`;
  try {
    writeFileSync(file, `${randomBytes(BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // A file that is there is read; also where none could be written, which reading it then says.
    if (!isReason(error, ['EEXIST', 'EROFS', 'EACCES', 'EISDIR']))
      throw new UsageError(`${shown} could not be written: ${reasonOf(error)}`);
  }
  let token: string;
  try {
    token = readRegularFileSync(file, LARGEST).trim();
  } catch (error) {
    throw new UsageError(`${shown} could not be read: ${reasonOf(error)}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST)
    throw new UsageError(
      `${shown} holds no token: one line of at least ${SHORTEST} letters and digits. ` +
        'Make one with: openssl rand -hex 24. Or name a file that is not there yet, and one is written.',
    );
  if (process.platform !== 'win32' && (statSync(file).mode & WRITABLE_BY_OTHERS) !== 0)
    throw new UsageError(`${shown} can be changed by other users. Take that from them: chmod go-w ${shellWord(file)}`);
  return token;
}

function isReason(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
