import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import type { Cdp, Params } from './cdp.ts';
import { preventable } from './events.ts';
import { WebContents, type WebPreferences } from './web-contents.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface WindowOptions extends Partial<Bounds> {
  readonly show?: boolean;
  readonly title?: string;
  readonly webPreferences?: WebPreferences;
}

interface Target {
  readonly targetId: string;
  readonly type: string;
  readonly title: string;
  readonly openerId?: string;
}

const windows = new Map<number, BrowserWindow>();
let lastId = 0;
/** The window that has the focus. */
let focused: number | undefined;

export class BrowserWindow extends EventEmitter {
  readonly id = ++lastId;
  readonly webContents: WebContents;
  readonly #bounds: Bounds;
  #title: string;
  #visible: boolean;
  #maximized = false;
  #minimized = false;
  #destroyed = false;

  constructor(options: WindowOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { x = 0, y = 0, width = 800, height = 600, show = true, title = app.getName(), webPreferences } = options;
    this.#bounds = { x, y, width, height };
    this.#title = title;
    this.#visible = show;
    this.webContents = new WebContents(webPreferences);
    this.webContents.owner = this;
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    windows.set(this.id, this);
    app.openWindows.add(this);
    focused = this.id;
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
    void browser.open(this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows.values()];
  }
  static fromId(id: number): BrowserWindow | null {
    return windows.get(id) ?? null;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows.values()].find(window => window.webContents === contents) ?? null;
  }
  static getFocusedWindow(): BrowserWindow | null {
    return focused === undefined ? null : BrowserWindow.fromId(focused);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url);
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
    this.focus();
  }
  hide(): void {
    this.#visible = false;
    if (focused === this.id) focused = undefined;
    this.emit('hide');
  }
  focus(): void {
    focused = this.id;
    this.emit('focus');
    app.emit('browser-window-focus', {}, this);
  }
  blur(): void {
    if (focused === this.id) focused = undefined;
    this.emit('blur');
  }
  isVisible(): boolean {
    return this.#visible;
  }
  isFocused(): boolean {
    return focused === this.id && this.#visible;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isMinimized(): boolean {
    return this.#minimized;
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  isFullScreen(): boolean {
    return false;
  }
  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }
  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }
  maximize(): void {
    this.#maximized = true;
    this.#visible = true;
    this.emit('maximize');
  }
  unmaximize(): void {
    this.#maximized = false;
    this.emit('unmaximize');
  }
  getTitle(): string {
    return this.#title;
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  getBounds(): Bounds {
    return { ...this.#bounds };
  }
  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }
  getSize(): [number, number] {
    return [this.#bounds.width, this.#bounds.height];
  }
  setBounds(bounds: Partial<Bounds>): void {
    Object.assign(this.#bounds, bounds);
    browser.fit(this);
    this.emit('resize');
    this.emit('move');
  }

  setProgressBar(): void {
    /* Drawn by the system. */
  }
  flashFrame(): void {
    /* Drawn by the system. */
  }

  close(): void {
    if (this.#destroyed) return;
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) app.windowsChanged({ refused: true });
    else this.destroy();
  }

  destroy(): void {
    if (!this.#destroyed) browser.close(this);
  }

  /** For its page. */
  pageClosed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.delete(this.id);
    app.openWindows.delete(this);
    if (focused === this.id) focused = undefined;
    this.emit('closed');
    app.windowsChanged();
  }

  pageTitle(title: string): void {
    if (title === this.#title) return;
    const event = preventable();
    this.emit('page-title-updated', event, title, true);
    if (!event.defaultPrevented) this.#title = title;
  }
}

/** Windows as Chromium makes them. */
class Browser {
  #cdp: Cdp | undefined;
  /** Pages that Chromium has made and that no window has taken yet. */
  readonly #sessions = new Map<string, string>();
  readonly #expected = new Map<string, (sessionId: string) => void>();
  #opening = 0;

  start(cdp: Cdp): void {
    this.#cdp = cdp;
    cdp.on('browser', (method: string, params: Params) => this.#onEvent(cdp, method, params));
  }

  async open(window: BrowserWindow): Promise<void> {
    const cdp = this.#cdp;
    if (!cdp) return;
    this.#opening += 1;
    try {
      const { width, height } = window.getBounds();
      const { targetId } = await cdp.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
        newWindow: true,
        width,
        height,
      });
      const sessionId =
        this.#sessions.get(targetId) ??
        (await new Promise<string>(resolve => {
          this.#expected.set(targetId, resolve);
        }));
      this.#sessions.delete(targetId);
      await window.webContents.attach(cdp, targetId, sessionId);
      this.fit(window);
    } finally {
      this.#opening -= 1;
    }
  }

  fit(window: BrowserWindow): void {
    const cdp = this.#cdp;
    const { width, height } = window.getBounds();
    void cdp?.send<{ windowId: number }>('Browser.getWindowForTarget', { targetId: window.webContents.targetId }).then(
      ({ windowId }) => cdp.tell('Browser.setWindowBounds', { windowId, bounds: { width, height } }),
      () => undefined,
    );
  }

  close(window: BrowserWindow): void {
    if (window.webContents.targetId === '') window.webContents.destroy();
    else this.#cdp?.tell('Target.closeTarget', { targetId: window.webContents.targetId });
  }

  #onEvent(cdp: Cdp, method: string, params: Params): void {
    if (method === 'Target.attachedToTarget') {
      const { targetId, type, openerId } = params.targetInfo as Target;
      const sessionId = String(params.sessionId);
      if (type !== 'page') return cdp.tell('Runtime.runIfWaitingForDebugger', {}, sessionId);
      const expected = this.#expected.get(targetId);
      this.#expected.delete(targetId);
      if (expected) expected(sessionId);
      else this.#sessions.set(targetId, sessionId);
      // Nobody of ours asked for it: a page did.
      if (this.#opening === 0) setTimeout(() => this.#onPopup(cdp, targetId, sessionId, openerId), 0);
    }
    if (method === 'Target.targetDestroyed') WebContents.fromDevToolsTargetId(String(params.targetId))?.destroy();
    if (method === 'Target.targetInfoChanged') {
      const { targetId, title } = params.targetInfo as Target;
      WebContents.fromDevToolsTargetId(targetId)?.renamed(title);
    }
  }

  #onPopup(cdp: Cdp, targetId: string, sessionId: string, openerId: string | undefined): void {
    this.#sessions.delete(targetId);
    const opener =
      (openerId !== undefined && WebContents.fromDevToolsTargetId(openerId)) || [...windows.values()][0]?.webContents;
    if (opener?.mayHaveWindow() !== true) cdp.tell('Target.closeTarget', { targetId });
    // It is held until we say so, and the page that opened it perhaps with it.
    cdp.tell('Runtime.runIfWaitingForDebugger', {}, sessionId);
  }
}

export const browser = new Browser();
