import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { dataFolder } from '../host/data-folder.ts';

/* What the app is called, and where its parts are. */

/** The project's folder, or the app's archive once packaged. The main process is always built: this is dist/electron. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const PAGE_FOLDER = path.join(ROOT, 'out', 'renderer');
export const PRELOAD = path.join(ROOT, 'out', 'preload', 'index.cjs');

/** Names the app, and stores its settings where the browser shell stores them: both know what was opened last. */
export function setupIdentity(): void {
  app.setName('Cronflow Studio');
  app.setAppUserModelId('dev.cronflow.studio');
  const folder = dataFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
}
