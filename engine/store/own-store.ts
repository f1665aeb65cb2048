import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { linkOnTheWay } from '../inside-folder.ts';
import { projectFolder, STORE } from './project-store.ts';
import { StoreError } from './store-error.ts';

/**
 * Makes sure that a store which a folder has by itself (`.cronflow/runs.db`, or that of its demos) lies in that folder. SQLite follows a
 * link in the place of the database, so that a folder made by somebody else could have us write into any file of the
 * user's; for the files beside the database it refuses links by itself. @throws StoreError
 */
function checkOwnStore(folder: string, store: string = STORE): void {
  const link = linkOnTheWay(folder, store);
  if (link === undefined) return;
  throw new StoreError(
    'linked',
    path.join(folder, store),
    `${link} is a link to ${readlinkSync(link)}. Runs are stored inside their folder, and never through a link. ` +
      `Remove the link; on the command line you can also name the store with --store.`,
  );
}

/** The same, from the store's file. The folder that is open may be one below: a project has one store. @throws StoreError */
export function checkOwnStoreFile(file: string): void {
  const folder = path.dirname(path.dirname(file));
  checkOwnStore(folder, path.relative(folder, file));
}

/** The store of a file's project, or another one of it. @throws StoreError when a link leads away from there */
export function storeOfProject(file: string, store: string = STORE): string {
  return ownStore(projectFolder(path.dirname(file)), store);
}

/** @throws StoreError */
export function ownStore(folder: string, store: string = STORE): string {
  checkOwnStore(folder, store);
  return path.join(folder, store);
}
