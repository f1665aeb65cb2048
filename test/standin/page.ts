import type { Codec } from './codec.ts';

/** What a page is told before its first script runs. */
export interface PageSetup {
  /** The function through which it tells us things; taken away before anything else can see it. */
  readonly binding: string;
  /** The function through which we tell it things. */
  readonly receive: string;
  /** The text of the preload script. */
  readonly preload: string;
  readonly isolated: boolean;
  /** Node in the page itself, as Electron gives it where everything is switched off. */
  readonly node: boolean;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a page tells us. */
export type FromPage =
  | { readonly type: 'send'; readonly channel: string; readonly args: string }
  | { readonly type: 'invoke'; readonly id: number; readonly channel: string; readonly args: string }
  | { readonly type: 'open'; readonly url: string; readonly frameName: string; readonly features: string }
  /** It would go to an address of a scheme that Chromium does not know. */
  | { readonly type: 'leave'; readonly url: string }
  | { readonly type: 'permission'; readonly id: number; readonly permission: string }
  | { readonly type: 'preload-error'; readonly error: string };

/** What we tell a page. */
export type ToPage =
  | { readonly type: 'message'; readonly channel: string; readonly args: string }
  | { readonly type: 'reply'; readonly id: number; readonly value?: string; readonly error?: string };

/** Plays Electron inside a page. It is handed over by its text: it must stand by itself. */
export function playInPage(setup: PageSetup, makeCodec: () => Codec): void {
  type Listener = (event: unknown, ...args: readonly unknown[]) => unknown;
  const window = globalThis as unknown as Record<string, unknown> & {
    readonly top: unknown;
    readonly navigator: Record<string, unknown>;
    readonly Node: new () => object;
    readonly Blob: new () => object;
  };
  const tellMain = window[setup.binding] as ((text: string) => void) | undefined;
  delete window[setup.binding];
  // Frames inside the page get nothing.
  if (globalThis !== window.top || !tellMain) return;

  const { encode, decode } = makeCodec();
  const listeners = new Map<string, { readonly listener: Listener; readonly once: boolean }[]>();
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  const tell = (message: FromPage) => tellMain(JSON.stringify(message));
  const ask = (message: (id: number) => FromPage): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    lastId += 1;
    asked.set(lastId, answer);
    tell(message(lastId));
    return answer.promise;
  };

  const add = (channel: string, listener: Listener, once: boolean) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  };
  const remove = (channel: string, listener: Listener) => {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter(known => known.listener !== listener),
    );
    return ipcRenderer;
  };
  const ipcRenderer = {
    on: (channel: string, listener: Listener): unknown => add(channel, listener, false),
    once: (channel: string, listener: Listener): unknown => add(channel, listener, true),
    off: (channel: string, listener: Listener): unknown => remove(channel, listener),
    addListener: (channel: string, listener: Listener): unknown => add(channel, listener, false),
    removeListener: (channel: string, listener: Listener): unknown => remove(channel, listener),
    send: (channel: string, ...args: readonly unknown[]): void => tell({ type: 'send', channel, args: encode(args) }),
    invoke: (channel: string, ...args: readonly unknown[]): Promise<unknown> => {
      const sent = encode(args);
      return ask(id => ({ type: 'invoke', id, channel, args: sent }));
    },
    sendSync: (): never => {
      throw new Error('The stand-in for Electron has no ipcRenderer.sendSync.');
    },
  };

  Object.defineProperty(window, setup.receive, {
    value: (text: string) => {
      const message = JSON.parse(text) as ToPage;
      if (message.type === 'message') {
        const args = decode(message.args) as unknown[];
        for (const { listener, once } of listeners.get(message.channel) ?? []) {
          if (once) remove(message.channel, listener);
          listener({ sender: ipcRenderer, senderId: 0, ports: [] }, ...args);
        }
        return;
      }
      const answer = asked.get(message.id);
      asked.delete(message.id);
      if (message.error === undefined) answer?.resolve(decode(message.value ?? '[null,[]]'));
      else answer?.reject(new Error(message.error));
    },
  });

  /**
   * As contextBridge copies: data becomes data of the other world; functions can be called across, and what they take
   * and give is copied too.
   */
  const isPlain = (value: object) => {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype;
  };
  const copied = (value: unknown, seen = new Map<unknown, unknown>()): unknown => {
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    if (seen.has(value)) return seen.get(value);
    if (typeof value === 'function') {
      const call = (...args: readonly unknown[]): unknown =>
        copied((value as (...args: readonly unknown[]) => unknown)(...args.map(arg => copied(arg))));
      seen.set(value, call);
      return call;
    }
    if (value instanceof Promise)
      return value.then(
        result => copied(result),
        (error: unknown) => {
          throw new Error(error instanceof Error ? error.message : String(error));
        },
      );
    if (value instanceof window.Node || value instanceof window.Blob) return value;
    if (Array.isArray(value)) {
      const array: unknown[] = [];
      seen.set(value, array);
      for (const part of value) array.push(copied(part, seen));
      return array;
    }
    if (!isPlain(value)) return structuredClone(value);
    const object: Record<string, unknown> = {};
    seen.set(value, object);
    for (const [key, part] of Object.entries(value)) object[key] = copied(part, seen);
    return object;
  };
  const frozen = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
    for (const part of Object.values(value)) frozen(part);
    return Object.freeze(value);
  };

  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown): void => {
      if (!setup.isolated) throw new Error('contextBridge API can only be used when contextIsolation is enabled');
      if (name in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
      Object.defineProperty(window, name, {
        value: frozen(copied(api)),
        enumerable: true,
        configurable: false,
        writable: false,
      });
    },
  };

  const electron = { ipcRenderer, contextBridge };
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const process = {
    platform: setup.platform,
    versions: setup.versions,
    type: 'renderer',
    sandboxed: true,
    contextIsolated: setup.isolated,
    env: {},
    argv: [],
    on: () => undefined,
    once: () => undefined,
  };
  if (setup.node && !setup.isolated) Object.assign(window, { require, process });

  // A window that the app denies is never made. Links that ask for a window of their own come another way: see browser-window.ts.
  window.open = (url: unknown = 'about:blank', frameName: unknown = '', features: unknown = '') => {
    tell({
      type: 'open',
      url: new URL(String(url), (window as unknown as { location: { href: string } }).location.href).href,
      frameName: String(frameName),
      features: String(features),
    });
    return null;
  };

  // A scheme that Chromium does not know is one for another program to it: it asks a person, and takes no keys meanwhile. Electron asks the app.
  const { navigation } = window as unknown as {
    navigation?: {
      addEventListener: (
        type: 'navigate',
        listener: (event: Event & { readonly destination: { readonly url: string } }) => void,
      ) => void;
    };
  };
  navigation?.addEventListener('navigate', event => {
    const { url } = event.destination;
    if (/^(https?|file|data|blob|about|javascript):/.test(url)) return;
    event.preventDefault();
    tell({ type: 'leave', url });
  });

  // What Chromium would ask a person, Electron asks the app.
  const allowed = async (permission: string) => (await ask(id => ({ type: 'permission', id, permission }))) === true;
  const { Notification, navigator } = window as unknown as {
    Notification?: { requestPermission: () => Promise<string> };
    navigator: { geolocation?: { getCurrentPosition: unknown } };
  };
  if (Notification)
    Notification.requestPermission = async () => ((await allowed('notifications')) ? 'granted' : 'denied');
  if (navigator.geolocation) {
    navigator.geolocation.getCurrentPosition = (
      onSuccess: (place: unknown) => void,
      onError?: (error: unknown) => void,
    ) => {
      void allowed('geolocation').then(yes =>
        yes
          ? onSuccess({ coords: { latitude: 0, longitude: 0 } })
          : onError?.({ code: 1, message: 'User denied Geolocation' }),
      );
    };
  }

  if (setup.preload === '') return;
  try {
    // A preload script is a CommonJS module.
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    new Function('require', 'process', 'module', 'exports', 'global', setup.preload)(
      require,
      process,
      { exports: {} },
      {},
      globalThis,
    );
  } catch (error) {
    tell({ type: 'preload-error', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
