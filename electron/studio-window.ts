import path from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen, type MessageBoxOptions } from 'electron';
import type { AppCommand } from '../host/api/app-command.ts';
import { COMMAND, OPEN } from './channels.ts';
import { APP_ORIGIN } from './app-scheme.ts';
import { PRELOAD } from './identity.ts';
import { fromPage } from './pipe.ts';
import { SMALLEST, keepWindowState, readWindowState } from './window-state.ts';

/** A page whose process crashes is reloaded, but not again and again. */
const MOST_CRASHES = 3;
const CRASHES_WITHIN_MS = 60_000;

/** The one window, and the page in it. A window that was closed while the app went on is created again by `show`. */
export class StudioWindow {
  #window: BrowserWindow | undefined;
  /** Commands that wait until the page can be talked to. */
  #waiting: AppCommand[] = [];
  #isPageReady = false;
  readonly #onMade: (window: BrowserWindow) => void;

  constructor(onMade: (window: BrowserWindow) => void) {
    this.#onMade = onMade;
    fromPage(OPEN, () => this.#pageOpened());
  }

  /** For dialogs, which belong to it; undefined while there is none. */
  get window(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Whether a person sees it now. */
  get isInFront(): boolean {
    return this.#window?.isFocused() === true && this.#window.isVisible() && !this.#window.isMinimized();
  }

  get isHidden(): boolean {
    return this.#window?.isVisible() !== true;
  }

  /** Brings it to the front, from wherever it is. */
  show(): void {
    // A new one shows itself when there is something to see.
    if (!this.#window) return this.#make();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
    return undefined;
  }

  hide(): void {
    this.#window?.hide();
  }

  /** Asks something of the page, now or as soon as it is there. */
  ask(command: AppCommand): void {
    if (this.#isPageReady) this.#window?.webContents.send(COMMAND, command);
    else this.#waiting.push(command);
  }

  /** Loads the page anew, and from its beginning: its address names a run of the folder before. */
  restart(): void {
    this.#isPageReady = false;
    if (this.#window) load(this.#window);
  }

  /** Asks a person, in front of the window. */
  async question(options: MessageBoxOptions): Promise<{ readonly response: number }> {
    return this.#window && !this.isHidden
      ? await dialog.showMessageBox(this.#window, options)
      : await dialog.showMessageBox(options);
  }

  #make(): void {
    const stateFile = path.join(app.getPath('userData'), 'window.json');
    const { bounds, maximized } = readWindowState(
      stateFile,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: 'Cronflow Studio',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#101216' : '#ffffff',
      // The page has no more rights than one of the web. What it needs of us goes through the preload script's pipe.
      webPreferences: {
        preload: PRELOAD,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    this.#window = window;
    keepWindowState(window, stateFile);
    // Not before there is something to see.
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
    window.on('closed', () => {
      this.#window = undefined;
      this.#isPageReady = false;
    });
    this.#watchPage(window);
    this.#onMade(window);
    load(window);
  }

  #watchPage(window: BrowserWindow): void {
    const { webContents } = window;
    // Another document has taken its place. (A navigation that has only begun may be refused, and the page then stays.)
    webContents.on('did-navigate', () => {
      this.#isPageReady = false;
    });
    webContents.on('preload-error', (_event, _file, error) =>
      failLoudly('The page cannot talk to Cronflow', error.message),
    );
    let crashes: number[] = [];
    webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return;
      const now = performance.now();
      crashes = [...crashes.filter(at => at > now - CRASHES_WITHIN_MS), now];
      if (crashes.length > MOST_CRASHES)
        failLoudly(
          'The page crashed several times',
          `The last reason: ${reason}. You can resume the runs that were running.`,
        );
      else window.webContents.reload();
    });
  }

  #pageOpened(): void {
    this.#isPageReady = true;
    for (const command of this.#waiting.splice(0)) this.ask(command);
  }
}

function load(window: BrowserWindow): void {
  void window.loadURL(`${APP_ORIGIN}/index.html`).catch((error: Error & { readonly code?: string }) => {
    // Aborted: it was loaded anew, or closed, before it had come.
    if (error.code !== 'ERR_ABORTED' && !window.isDestroyed())
      failLoudly('The page could not be loaded', error.message);
  });
}

/** Something that must not happen, and that no page can show. */
function failLoudly(what: string, why: string): void {
  console.error(`${what}: ${why}`);
  dialog.showErrorBox(what, why);
  app.exit(1);
}
