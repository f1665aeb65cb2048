import { app } from './app.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/*
 * Schemes of an app's own. Chromium takes none from outside, so that `app://studio/x` is `http://studio.app.localhost/x` to it,
 * which is a secure context as well; nothing listens there, since every request is answered here.
 */

const handlers = new Map<string, Handler>();

export const protocol = {
  registerSchemesAsPrivileged: (): void => {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
  },
  handle: (scheme: string, handler: Handler): void => {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
  unhandle: (scheme: string): void => {
    handlers.delete(scheme);
  },
  isProtocolHandled: (scheme: string): boolean => handlers.has(scheme),
};

/** The handler of an address as the app knows it; undefined for the network's. */
export function handlerOf(url: string): Handler | undefined {
  return handlers.get(url.split(':')[0] ?? '');
}

export function toChromium(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  return handlers.has(scheme.toLowerCase())
    ? `http://${host}.${scheme.toLowerCase()}.localhost${rest === '' ? '/' : rest}`
    : url;
}

export function fromChromium(url: string): string {
  const [, host, scheme = '', rest] = /^http:\/\/([^/?#]+)\.([a-z0-9-]+)\.localhost(.*)$/.exec(url) ?? [];
  return handlers.has(scheme) ? `${scheme}://${host}${rest}` : url;
}

export function originOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0] ?? 'null';
}
