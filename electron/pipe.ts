import { ipcMain, type IpcMainEvent, type WebContents, type WebFrameMain } from 'electron';
import type { EventName, EventOf } from '../host/api/api.ts';
import { connect } from '../host/api/connect.ts';
import type { Host } from '../host/host.ts';
import { isOurs } from './app-scheme.ts';
import { MESSAGE, OPEN } from './channels.ts';

/* How page, main process and host talk to each other. */

interface Connection {
  readonly hear: (message: unknown) => void;
  readonly close: () => void;
}

/**
 * Connects each page to the host by messages. Messages are plain data, and none is synchronous: no page can block on an
 * answer.
 */
export function setupPipe(host: Host): void {
  const connections = new Map<number, Connection>();
  const known = new WeakSet<WebContents>();
  const close = (page: number) => {
    connections.get(page)?.close();
    connections.delete(page);
  };
  fromPage(OPEN, contents => {
    // When a page is reloaded, the connection of the one before is over.
    close(contents.id);
    connections.set(contents.id, connectPage(host, contents));
    if (known.has(contents)) return;
    known.add(contents);
    contents.on('destroyed', () => close(contents.id));
    contents.on('render-process-gone', () => close(contents.id));
  });
  fromPage(MESSAGE, (contents, message) => connections.get(contents.id)?.hear(message));
}

function connectPage(host: Host, contents: WebContents): Connection {
  let isOpen = true;
  let hear: Connection['hear'] = () => undefined;
  const disconnect = connect(host, {
    send: message => {
      if (isOpen && !contents.isDestroyed()) contents.send(MESSAGE, plain(message));
    },
    onMessage: listener => {
      hear = listener;
    },
  });
  return {
    hear: message => hear(message),
    close: () => {
      isOpen = false;
      disconnect();
    },
  };
}

/** An Error would arrive without its name and with its stack: it is sent as data. */
function plain(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('e' in message) || !(message.e instanceof Error))
    return message;
  const { name, message: text } = message.e;
  return { ...message, e: { name, message: text } };
}

/**
 * Hears a channel, from our own page only. Whatever else could run in the window, such as a frame inside the page, is
 * not heard.
 */
export function fromPage(channel: string, listener: (sender: WebContents, message: unknown) => void): () => void {
  const onEvent = (event: IpcMainEvent, message: unknown) => {
    if (isFromPage(event.senderFrame)) listener(event.sender, message);
  };
  ipcMain.on(channel, onEvent);
  return () => {
    ipcMain.off(channel, onEvent);
  };
}

function isFromPage(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurs(frame.url);
}

/** Hears one kind of the host's events. */
export function onHostEvent<E extends EventName>(host: Host, wanted: E, listener: (payload: EventOf<E>) => void): void {
  host.subscribe((event, payload) => {
    if ((event as EventName) === wanted) listener(payload as unknown as EventOf<E>);
  });
}
