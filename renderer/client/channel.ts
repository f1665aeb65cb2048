import type { AppCommand } from '../../host/api/app-command.ts';
import { pack, unpack } from '../../host/api/wire.ts';
import { pageKey } from './page-key.ts';

/** What the preload of the desktop shell puts on `window`: a pipe for messages, and nothing else. */
export interface StudioPipe {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  /** What the native menu, a notification or another start of the app asks of the page. */
  onCommand(listener: (command: AppCommand) => void): () => void;
}

declare global {
  interface Window {
    readonly studio?: StudioPipe;
  }
}

/** A way to the host, whichever shell this is. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onOpen(listener: () => void): void;
  onLost(listener: () => void): void;
  /** Whether the host is there and refuses this page: it was started again, and its secrets are new. */
  isRefused(): Promise<boolean>;
  close(): void;
}

function isDesktop(): boolean {
  return location.protocol === 'app:' || navigator.userAgent.includes('Electron/');
}

/** Opens the one channel this shell has. In the desktop shell a missing pipe is a defect, never a reason to look for a socket. */
export function openChannel(): Channel {
  if (window.studio) return overPipe(window.studio);
  if (isDesktop()) throw new Error('The desktop shell did not load its preload script: window.studio is missing.');
  const key = pageKey();
  if (key === undefined)
    throw new Error('This page has no access key. Open the link that Cronflow printed when it started.');
  return overSocket(new WebSocket(new URL('ws', location.href).href.replace(/^http/, 'ws'), ['cronflow', key]));
}

/** Hears what the desktop shell asks of the page. In a browser there is no such shell. */
export function onAppCommand(listener: (command: AppCommand) => void): void {
  window.studio?.onCommand(listener);
}

function overPipe(pipe: StudioPipe): Channel {
  let off: (() => void) | undefined;
  return {
    send: message => pipe.send(message),
    onMessage: listener => {
      off = pipe.onMessage(listener);
    },
    onOpen: listener => queueMicrotask(listener),
    onLost: () => undefined,
    isRefused: () => Promise.resolve(false),
    close: () => off?.(),
  };
}

function overSocket(socket: WebSocket): Channel {
  return {
    send: message => {
      if (socket.readyState === WebSocket.OPEN) socket.send(pack(message));
    },
    onMessage: listener => socket.addEventListener('message', event => listener(unpack(String(event.data)))),
    onOpen: listener => socket.addEventListener('open', listener),
    onLost: listener => socket.addEventListener('close', listener),
    isRefused,
    close: () => socket.close(),
  };
}

/** A socket does not tell a refusal from a host that is gone; the page's own address does. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch('.', { method: 'HEAD', cache: 'no-store' });
    return status === 401;
  } catch {
    return false; // Nobody is there.
  }
}
