import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Cdp, Params } from './cdp.ts';
import { makeCodec } from './codec.ts';
import { preventable } from './events.ts';
import { ipcMain } from './ipc-main.ts';
import { playInPage, type FromPage, type PageSetup, type ToPage } from './page.ts';
import { fromChromium, handlerOf, originOf, toChromium } from './schemes.ts';
import { session } from './session.ts';

const { encode, decode } = makeCodec();

export interface WebPreferences {
  readonly preload?: string;
  readonly sandbox?: boolean;
  readonly contextIsolation?: boolean;
  readonly nodeIntegration?: boolean;
}

/** As much of its window as a page needs. */
interface Owner {
  close(): void;
  pageClosed(): void;
  pageTitle(title: string): void;
}

interface Frame {
  readonly id: string;
  readonly parentId?: string;
  readonly url: string;
}

interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly postData?: string;
  };
}

interface WindowRequest {
  readonly url: string;
  readonly frameName: string;
  readonly features: string;
  readonly disposition: string;
}
type WindowOpenHandler = (request: WindowRequest) => { action: 'allow' | 'deny' };

const all = new Set<WebContents>();
let lastId = 0;

/** A page, by way of the browser's debugging session with it. */
export class WebContents extends EventEmitter {
  readonly id = ++lastId;
  readonly session = session.defaultSession;
  targetId = '';
  owner: Owner | undefined;
  readonly #preferences: WebPreferences;
  readonly #wantedWindows: WindowRequest[] = [];
  #openHandler: WindowOpenHandler | undefined;
  readonly #binding = `__main${randomBytes(8).toString('hex')}`;
  readonly #receive = `__page${randomBytes(8).toString('hex')}`;
  readonly #attached = Promise.withResolvers<{ readonly cdp: Cdp; readonly sessionId: string }>();
  readonly #frames = new Map<string, Frame>();
  readonly #contexts = new Map<number, string>();
  #mainFrame = '';
  #loading: PromiseWithResolvers<void> | undefined;
  /** The next navigation is one that the main process asked for. */
  #byMain = false;
  #destroyed = false;

  constructor(preferences: WebPreferences = {}) {
    super();
    this.setMaxListeners(0);
    this.#preferences = preferences;
    all.add(this);
  }

  static getAllWebContents(): WebContents[] {
    return [...all];
  }
  static fromId(id: number): WebContents | undefined {
    return [...all].find(contents => contents.id === id);
  }
  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return [...all].find(contents => contents.targetId === targetId);
  }

  /** For the stand-in itself: the browser has made the page, and holds it until we are set up. */
  async attach(cdp: Cdp, targetId: string, sessionId: string): Promise<void> {
    this.targetId = targetId;
    cdp.on(sessionId, (method: string, params: Params) => this.#onEvent(method, params));
    const send = async (method: string, params: Params = {}) => await cdp.send(method, params, sessionId);
    const { frameTree } = await cdp.send<{ frameTree: { frame: Frame } }>('Page.getFrameTree', {}, sessionId);
    this.#mainFrame = frameTree.frame.id;
    this.#frames.set(frameTree.frame.id, frameTree.frame);
    const { userAgent } = await cdp.send<{ userAgent: string }>('Browser.getVersion');
    await Promise.all([
      send('Page.enable'),
      send('Runtime.enable'),
      send('Network.setUserAgentOverride', { userAgent: `${userAgent} Electron/${process.versions.electron}` }),
      send('Runtime.addBinding', { name: this.#binding }),
      send('Page.addScriptToEvaluateOnNewDocument', {
        source: `(${playInPage})(${JSON.stringify(this.#setup())}, ${makeCodec})`,
      }),
      send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] }),
      send('Runtime.runIfWaitingForDebugger'),
    ]);
    this.#attached.resolve({ cdp, sessionId });
  }

  #setup(): PageSetup {
    const { preload, contextIsolation = true, nodeIntegration = false, sandbox = true } = this.#preferences;
    return {
      binding: this.#binding,
      receive: this.#receive,
      preload: preload === undefined ? '' : readFileSync(preload, 'utf8'),
      isolated: contextIsolation,
      node: nodeIntegration && !sandbox,
      platform: process.platform,
      versions: { electron: process.versions.electron ?? '', node: process.versions.node },
    };
  }

  get mainFrame(): object | null {
    return this.#frameOf(this.#mainFrame);
  }
  getURL(): string {
    return fromChromium(this.#frames.get(this.#mainFrame)?.url ?? '');
  }
  getLastWebPreferences(): WebPreferences {
    return { sandbox: true, contextIsolation: true, nodeIntegration: false, ...this.#preferences };
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isLoading(): boolean {
    return this.#loading !== undefined;
  }
  isDevToolsOpened(): boolean {
    return false;
  }
  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }
  focus(): void {
    /* There is one screen. */
  }
  close(): void {
    this.owner?.close();
  }

  async loadURL(url: string): Promise<void> {
    const { cdp, sessionId } = await this.#attached.promise;
    this.#byMain = true;
    this.#loading = Promise.withResolvers();
    const loaded = this.#loading.promise;
    const { errorText } = await cdp.send<{ errorText?: string }>('Page.navigate', { url: toChromium(url) }, sessionId);
    if (errorText !== undefined) {
      this.emit('did-fail-load', {}, -1, errorText, url, true);
      throw new Error(`${errorText} loading '${url}'`);
    }
    await loaded;
  }

  reload(): void {
    this.#byMain = true;
    void this.#attached.promise.then(({ cdp, sessionId }) => cdp.tell('Page.reload', {}, sessionId));
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const { cdp, sessionId } = await this.#attached.promise;
    const { result, exceptionDetails } = await cdp.send<{
      result: { value: unknown };
      exceptionDetails?: { text: string };
    }>('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true }, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  }

  /** @throws as Electron does, for what cannot be cloned */
  send(channel: string, ...args: readonly unknown[]): void {
    this.#tell({ type: 'message', channel, args: encode(args) });
  }

  /** For the browser: Chromium has made a window that the page wanted, by a link. Whether it may stay. */
  mayHaveWindow(): boolean {
    const wanted = this.#wantedWindows.shift();
    return wanted !== undefined && this.#mayOpen(wanted);
  }

  #mayOpen(wanted: WindowRequest): boolean {
    const allowed = this.#openHandler?.(wanted).action !== 'deny';
    if (allowed) console.error(`[stand-in] The app lets pages open windows (${wanted.url}): those are not played.`);
    return allowed;
  }

  /** For its window and the browser: it is no more. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this);
    this.emit('destroyed');
    this.owner?.pageClosed();
  }

  /** For the browser: Chromium says where pages are and what they are called. */
  renamed(title: string): void {
    if (title !== '' && !/^about:|\.localhost\b/.test(title)) this.owner?.pageTitle(title);
  }

  #tell(message: ToPage): void {
    if (this.#destroyed) return;
    const expression = `globalThis.${this.#receive}?.(${JSON.stringify(JSON.stringify(message))})`;
    void this.#attached.promise.then(({ cdp, sessionId }) =>
      cdp.tell('Runtime.evaluate', { expression, silent: true, returnByValue: true }, sessionId),
    );
  }

  #onEvent(method: string, params: Params): void {
    switch (method) {
      case 'Runtime.executionContextCreated': {
        const { id, auxData } = params.context as { id: number; auxData?: { frameId?: string } };
        if (auxData?.frameId !== undefined) this.#contexts.set(id, auxData.frameId);
        break;
      }
      case 'Page.frameStartedNavigating':
        if (params.frameId === this.#mainFrame)
          this.emit('did-start-navigation', {
            url: fromChromium(String(params.url)),
            isMainFrame: true,
            isSameDocument: params.navigationType === 'sameDocument',
          });
        break;
      case 'Page.frameNavigated': {
        const frame = params.frame as Frame;
        this.#frames.set(frame.id, frame);
        if (frame.parentId === undefined) this.emit('did-navigate', {}, fromChromium(frame.url));
        break;
      }
      case 'Page.navigatedWithinDocument': {
        const frame = this.#frames.get(String(params.frameId));
        if (frame) this.#frames.set(frame.id, { ...frame, url: String(params.url) });
        break;
      }
      case 'Page.domContentEventFired':
        this.emit('dom-ready', {});
        break;
      case 'Page.loadEventFired':
        if (this.getURL() === 'about:blank') break;
        this.#loading?.resolve();
        this.#loading = undefined;
        this.emit('did-finish-load', {});
        break;
      case 'Page.windowOpen':
        this.#wantedWindows.push({
          url: fromChromium(String(params.url)),
          frameName: String(params.windowName),
          features: String(params.windowFeatures),
          disposition: 'foreground-tab',
        });
        break;
      case 'Runtime.bindingCalled':
        if (params.name === this.#binding)
          void this.#hear(
            JSON.parse(String(params.payload)) as FromPage,
            this.#contexts.get(Number(params.executionContextId)) ?? '',
          );
        break;
      case 'Fetch.requestPaused':
        void this.#onRequest(params as unknown as PausedRequest).catch(error => {
          if (!this.#destroyed) console.error('[stand-in]', error);
        });
        break;
      case 'Inspector.targetCrashed':
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
        break;
      default:
    }
  }

  async #hear(message: FromPage, frameId: string): Promise<void> {
    switch (message.type) {
      case 'preload-error':
        this.emit('preload-error', {}, this.#preferences.preload, new Error(message.error));
        console.error(`Unable to load preload script: ${this.#preferences.preload}\n${message.error}`);
        return;
      case 'open': {
        const { url, frameName, features } = message;
        this.#mayOpen({ url: fromChromium(url), frameName, features, disposition: 'new-window' });
        return;
      }
      case 'leave':
        // Whatever the app says: such a page cannot be shown here.
        this.#isRefused(this.#mainFrame, message.url);
        return;
      case 'permission':
        this.#tell({
          type: 'reply',
          id: message.id,
          value: encode(await session.defaultSession.allows(this, message.permission)),
        });
        return;
      case 'send': {
        const args = decode(message.args) as unknown[];
        ipcMain.emit(message.channel, this.#ipcEvent(frameId), ...args);
        return;
      }
      case 'invoke':
        try {
          const value = await ipcMain.answer(
            message.channel,
            this.#ipcEvent(frameId),
            decode(message.args) as unknown[],
          );
          this.#tell({ type: 'reply', id: message.id, value: encode(value) });
        } catch (error) {
          this.#tell({
            type: 'reply',
            id: message.id,
            error: `Error invoking remote method '${message.channel}': ${String(error)}`,
          });
        }
    }
  }

  #ipcEvent(frameId: string): object {
    return preventable({
      sender: this,
      senderFrame: this.#frameOf(frameId),
      frameId: 1,
      processId: 1,
      ports: [],
      type: 'frame',
      reply: (channel: string, ...args: readonly unknown[]) => this.send(channel, ...args),
    });
  }

  #frameOf(frameId: string): object | null {
    const frame = this.#frames.get(frameId);
    if (!frame) return null;
    const url = fromChromium(frame.url);
    return {
      url,
      origin: originOf(url),
      parent: frame.parentId === undefined ? null : this.#frameOf(frame.parentId),
      routingId: 1,
      processId: 1,
      isDestroyed: () => false,
    };
  }

  /** Every request of the page: a navigation may be refused, and the app's own schemes are answered by the app. */
  async #onRequest({ requestId, frameId, resourceType, request }: PausedRequest): Promise<void> {
    const { cdp, sessionId } = await this.#attached.promise;
    const end = (method: string, params: Params = {}) => cdp.tell(method, { requestId, ...params }, sessionId);
    const url = fromChromium(request.url);
    if (resourceType === 'Document' && this.#isRefused(frameId, url))
      return end('Fetch.failRequest', { errorReason: 'Aborted' });
    const handler = url === request.url ? undefined : handlerOf(url);
    if (!handler) return end('Fetch.continueRequest');
    let response: Response;
    try {
      const asked = new Request(request.url, {
        method: request.method,
        headers: request.headers,
        ...(request.postData !== undefined && { body: request.postData }),
      });
      // Node's Request takes no such scheme.
      response = await handler(Object.defineProperty(asked, 'url', { value: url }));
    } catch (error) {
      console.error(error);
      return end('Fetch.failRequest', { errorReason: 'Failed' });
    }
    const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
    return end('Fetch.fulfillRequest', {
      responseCode: response.status,
      responseHeaders,
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  }

  #isRefused(frameId: string, url: string): boolean {
    const isMainFrame = frameId === this.#mainFrame;
    const event = preventable({ url, isMainFrame, isSameDocument: false });
    if (isMainFrame && this.#byMain) {
      this.#byMain = false;
      return false;
    }
    this.emit('will-frame-navigate', event);
    if (isMainFrame) this.emit('will-navigate', event, url);
    return event.defaultPrevented;
  }
}
