import { app, session, shell, type WebContents } from 'electron';
import { isOurs } from './app-scheme.ts';

const LONGEST_LINK = 2_000;

/** Lets the page copy a text, at a click on *Copy*. It cannot read what is in the clipboard. */
const MAY = 'clipboard-sanitized-write';

/** Of what a browser would ask a person for, the page needs nothing else. */
export function setupPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === MAY));
  defaultSession.setPermissionCheckHandler((_contents, permission) => permission === MAY);
  defaultSession.setDevicePermissionHandler(() => false);
}

/** Whatever page there is stays where it is, opens no windows, and holds no other pages. */
export function setupNavigation(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

function guard(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
    // The three carry the same details; Electron types each by itself.
    contents.on(event as 'will-navigate', details => {
      if (!isOurs(details.url)) details.preventDefault();
    });
  }
  contents.on('will-attach-webview', event => event.preventDefault());
}

/** Links to the web go to the system's browser. Nothing else does: other schemes start programs. */
function openOutside(address: string): void {
  const url = address.length > LONGEST_LINK ? null : URL.parse(address);
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') void shell.openExternal(url.href);
}
