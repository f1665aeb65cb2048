import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { linkOnTheWay } from '../inside-folder.ts';
import { StoreError } from './store-error.ts';

/**
 * Makes sure that the store which a folder has by itself (`.cronflow/runs.db`) lies in that folder. SQLite follows a
 * link in the place of the database, so that a folder made by somebody else could have us write into any file of the
 * user's; for the files beside the database it refuses links by itself. @throws StoreError
 */
export function checkOwnStore(folder: string, name: string): void {
  const link = linkOnTheWay(folder, name);
  if (link === undefined) return;
  throw new StoreError(
    'linked',
    path.join(folder, name),
    `${link} is a link to ${readlinkSync(link)}. Runs are stored inside their folder, and never through a link. ` +
      `Remove the link; on the command line you can also name the store with --store.`,
  );
}
