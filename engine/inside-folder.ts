import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/*
 * All that Cronflow writes into a folder goes through here, except for the runs, which SQLite writes
 * (store/own-store.ts). A folder may have been made by somebody else: a link in it must not choose which of the user's
 * files is written. The folder itself was named by the user, and may be a link.
 */

/** A symbolic link stands where something is to be written. */
export class LinkError extends Error {
  override readonly name = 'LinkError';

  constructor(link: string) {
    super(
      `${link} is a link to ${readlinkSync(link)}. Cronflow does not write through links in a folder. Remove the link, then try again.`,
    );
  }
}

/** The first link on the way from a folder to something in it; undefined when there is none. */
export function linkOnTheWay(folder: string, name: string): string | undefined {
  return placesOnTheWay(folder, name).find(isLink);
}

/** Makes a folder in a folder, with those in between. @throws LinkError when one of them is a link */
function makeFolderInside(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  for (const place of placesOnTheWay(folder, name)) {
    if (isLink(place)) throw new LinkError(place);
    mkdirSync(place, { recursive: true });
  }
  return path.join(folder, name);
}

export interface WriteOptions {
  /**
   * What to do about a link in the file's own place. `replace` is for the user's own settings, which they may keep elsewhere:
   * what the link leads to stays as it is.
   */
  readonly link: 'refuse' | 'replace';
  /** Only this user may read the file and enter the folder. @default false */
  readonly isPrivate?: boolean;
}

/**
 * Writes a file in a folder. Whoever reads it finds what was there before, or the new text, and never half of it.
 * @throws LinkError
 */
export function writeInside(
  folder: string,
  name: string,
  text: string,
  { link, isPrivate = false }: WriteOptions,
): void {
  if (isPrivate) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = preparedPlace(folder, name);
  if (link === 'refuse' && isLink(file)) throw new LinkError(file);
  const beside = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    writeNew(beside, text, isPrivate ? 0o600 : 0o666);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Writes a file in a folder unless something of this name is there already: then it returns false. @throws LinkError */
export function writeNewInside(folder: string, name: string, text: string): boolean {
  const file = preparedPlace(folder, name);
  try {
    writeNew(file, text);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function preparedPlace(folder: string, name: string): string {
  makeFolderInside(folder, path.dirname(name));
  return path.join(folder, name);
}

/** Without a link to follow and without another's file to open: neither O_EXCL nor O_NOFOLLOW lets that happen. */
function writeNew(file: string, text: string, mode = 0o666): void {
  // Windows has no O_NOFOLLOW; O_EXCL alone refuses links there.
  const descriptor = openSync(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
    mode,
  );
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** Each folder below the first one, and the thing itself. */
function placesOnTheWay(folder: string, name: string): string[] {
  const parts = path
    .normalize(name)
    .split(path.sep)
    .filter(part => part !== '.' && part !== '');
  if (path.isAbsolute(name) || parts.includes('..')) throw new Error(`${name} is no place inside ${folder}.`);
  return parts.map((_, index) => path.join(folder, ...parts.slice(0, index + 1)));
}

function isLink(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
