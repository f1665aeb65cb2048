import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const FOLDER = 'trust';
const FILE = 'trusted-folders.json';
const trustedFolder = z.object({
  folder: z.string().min(1).max(4000),
  /** The user id of its owner when it was trusted. Windows has none. */
  owner: z.number().optional(),
});
const stored = z.object({ folders: z.array(trustedFolder) });

export type TrustedFolder = z.infer<typeof trustedFolder>;

/** Where the trusted folders are stored: outside of all of them, in a folder that only this person can read and write. */
export function trustFileIn(dataFolder: string): string {
  return path.join(dataFolder, FOLDER, FILE);
}

/** The folders that were trusted before. A file that somebody else can write, or that is a link, counts as none. */
export async function readTrustedFolders(dataFolder: string): Promise<readonly TrustedFolder[]> {
  const file = trustFileIn(dataFolder);
  try {
    const folder = await lstat(path.dirname(file));
    if (!folder.isDirectory() || !isPrivate(folder)) return [];
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile() || !isPrivate(found)) return [];
      return stored.parse(JSON.parse(await handle.readFile('utf8'))).folders;
    } finally {
      await handle.close();
    }
  } catch {
    // Missing, damaged or unreadable: Cronflow asks again, which is always safe.
    return [];
  }
}

/** Stores the list. Whoever reads it finds the old list or the new one. @throws when it cannot be stored */
export async function writeTrustedFolders(dataFolder: string, folders: readonly TrustedFolder[]): Promise<void> {
  const file = trustFileIn(dataFolder);
  await makePrivateFolder(path.dirname(file));
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(beside, 'wx', 0o600); // A new file: nothing that lies there is followed.
    await writeAndClose(handle, `${JSON.stringify({ folders }, undefined, 2)}\n`);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeAndClose(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || !isOwn(found.uid))
    throw new Error(`${folder} is a link, a file, or a folder of another user. Remove it.`);
  if (process.platform === 'win32' || (found.mode & 0o777) === 0o700) return;
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await handle.chmod(0o700);
  } finally {
    await handle.close();
  }
}

/** The user id of a folder's owner; undefined on Windows. */
export async function ownerOf(folder: string): Promise<number | undefined> {
  return process.getuid === undefined ? undefined : (await stat(folder)).uid;
}

function isPrivate({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return isOwn(uid) && (process.platform === 'win32' || (mode & 0o022) === 0);
}

function isOwn(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
