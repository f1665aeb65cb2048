import { app, session, shell, type BrowserWindowConstructorOptions, type WebContents } from 'electron';
import { NOTES_WINDOW } from '../common/notes-window.ts';
import { isOurs } from './app-scheme.ts';

const LONGEST_LINK = 2_000;

/**
 * Lets the page copy a text, at a click on *Copy*: it cannot read what is in the clipboard. And lets a presentation fill the
 * screen.
 */
const MAY: readonly string[] = ['clipboard-sanitized-write', 'fullscreen'];

/** Of what a browser would ask a person for, the page needs nothing else. */
export function setupPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer) => answer(MAY.includes(permission)));
  defaultSession.setPermissionCheckHandler((_contents, permission) => MAY.includes(permission));
  defaultSession.setDevicePermissionHandler(() => false);
}

/** Whatever page there is stays where it is, opens no windows but that of a presenter's notes, and holds no other pages. */
export function setupNavigation(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

function guard(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url, frameName }) => {
    if (isNotes(contents, url, frameName)) return { action: 'allow', overrideBrowserWindowOptions: NOTES };
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

/**
 * The window with the notes is empty, and our page writes into it: it loads nothing, and has no pipe to us. By its name there is
 * only one: a second call gives the same window.
 */
const NOTES: BrowserWindowConstructorOptions = {
  title: 'Notes',
  autoHideMenuBar: true,
  webPreferences: { preload: '', sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
};

function isNotes(opener: WebContents, url: string, frameName: string): boolean {
  return url === 'about:blank' && frameName === NOTES_WINDOW && isOurs(opener.getURL());
}

/** Links to the web go to the system's browser. Nothing else does: other schemes start programs. */
function openOutside(address: string): void {
  const url = address.length > LONGEST_LINK ? null : URL.parse(address);
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') void shell.openExternal(url.href);
}
