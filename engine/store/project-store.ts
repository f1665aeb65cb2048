import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';

const OWN = '.cronflow';
/** The store of runs, from the folder of its project. */
export const STORE = path.join(OWN, 'runs.db');
/** The store of its demos, which never touch the runs. */
export const DEMO_STORE = path.join(OWN, 'demo.db');

/**
 * The folder whose store a file, or a folder that is opened, shares with all others of its project: the nearest one
 * upwards that has a `.cronflow`, else the nearest with a package.json, else its own.
 */
export function projectFolder(folder: string): string {
  return markedFolder(folder) ?? nearest(folder, 'package.json') ?? folder;
}

/** The folder that a store belongs to: the one of its project, where it lies in its place there, else the one that it lies in. */
export function folderOfStore(store: string): string {
  const folder = path.dirname(store);
  return path.basename(folder) === OWN ? path.dirname(folder) : folder;
}

/** The nearest folder upwards that has a `.cronflow`: the runs of another one above it are those of another project. */
export function markedFolder(folder: string): string | undefined {
  return nearest(folder, OWN);
}

function nearest(from: string, marker: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (isTheirOwn(path.join(folder, marker), from)) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * Whether what lies there belongs to this user, or to the owner of the folder that is looked from. Further up may lie a
 * folder that everybody can write to, such as the one for temporary files: what another user has put there must not say
 * where runs are stored, or where their batches go.
 */
export function isTheirOwn(marker: string, from: string): boolean {
  const found = lstatSync(marker, { throwIfNoEntry: false });
  if (!found) return false;
  return found.uid === process.getuid?.() || found.uid === statSync(from, { throwIfNoEntry: false })?.uid;
}
