import { mkdirSync } from 'node:fs';
import { app } from 'electron';
import { dataFolder } from '../host/data-folder.ts';

/** Names the app, and keeps its settings where the browser shell keeps them: both know what was opened last. */
export function setupIdentity(): void {
  app.setName('Cronflow Studio');
  app.setAppUserModelId('dev.cronflow.studio');
  const folder = dataFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
}
