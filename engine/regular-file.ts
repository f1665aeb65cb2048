import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/*
 * Reads files whose path is somebody else's word: a store, a stack, a folder that was handed over. Such a path can lead
 * to a pipe or a device. Opening a pipe waits until somebody writes into it, and a device such as /dev/zero never ends.
 */

/** No source file that V8 could compile is larger. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** The path leads to a file that is not to be read: a folder, a pipe, a device, or one that is too large. */
export class NotReadableError extends Error {
  override readonly name = 'NotReadableError';
}

/**
 * Looked at before it is opened, because opening a device can do something to it; not waited for if a pipe has taken
 * its place meanwhile; and looked at again once it is open.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const CHUNK = 64 * 1024;

/** For a file that somebody else is to read. @throws NotReadableError, or what the file system says */
export function checkRegularFile(file: string): void {
  check(file, statSync(file), Infinity);
}

/** The text of a regular file. @throws NotReadableError, or what the file system says */
export function readRegularFileSync(file: string, most = LARGEST_FILE): string {
  check(file, statSync(file), most);
  const handle = openSync(file, FLAGS);
  try {
    const stats = fstatSync(handle);
    check(file, stats, most);
    const text = new BoundedText(file, stats, most);
    for (;;) {
      const space = text.space();
      if (!text.add(readSync(handle, space, 0, space.length, null))) return text.text();
    }
  } finally {
    closeSync(handle);
  }
}

/** The text of a regular file. Rejects with a NotReadableError, or with what the file system says. */
export async function readRegularFile(file: string, most = LARGEST_FILE): Promise<string> {
  // Loaded where it is needed: no start reads this way.
  const { open, stat } = process.getBuiltinModule('node:fs/promises');
  check(file, await stat(file), most);
  const handle = await open(file, FLAGS);
  try {
    const stats = await handle.stat();
    check(file, stats, most);
    const text = new BoundedText(file, stats, most);
    for (;;) {
      const space = text.space();
      if (!text.add((await handle.read(space, 0, space.length, null)).bytesRead)) return text.text();
    }
  } finally {
    await handle.close();
  }
}

function check(file: string, stats: Stats, most: number): void {
  if (!stats.isFile()) throw new NotReadableError(`${file} is ${kindOf(stats)}, not a file`);
  if (stats.size > most) throw tooLarge(file, most);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function tooLarge(file: string, most: number): NotReadableError {
  return new NotReadableError(`${file} is larger than ${Math.round(most / (1024 * 1024))} MB`);
}

/** Collects what is read. The size that a file says is a hint: some grow while they are read, and those of /proc say 0. */
class BoundedText {
  readonly #file: string;
  readonly #most: number;
  #bytes: Buffer;
  #length = 0;

  constructor(file: string, stats: Stats, most: number) {
    this.#file = file;
    this.#most = most;
    // One more than there is: the end is seen at the first look.
    this.#bytes = Buffer.allocUnsafe(Math.max(stats.size + 1, 1024));
  }

  /** Where the next bytes go. */
  space(): Buffer {
    if (this.#length === this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2 + CHUNK);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#length);
  }

  /** Whether there may be more. */
  add(count: number): boolean {
    this.#length += count;
    if (this.#length > this.#most) throw tooLarge(this.#file, this.#most);
    return count > 0;
  }

  text(): string {
    return this.#bytes.toString('utf8', 0, this.#length);
  }
}
