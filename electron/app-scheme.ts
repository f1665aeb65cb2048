import { protocol } from 'electron';
import { answerFromFolder } from './page-files.ts';
import { PAGE_FOLDER } from './paths.ts';

/** Says what `app:` is like. Electron takes this before it is ready, and not later. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the page's files under `app://studio`. */
export function setupAppScheme(): void {
  protocol.handle('app', async request => await answerFromFolder(request, PAGE_FOLDER));
}
