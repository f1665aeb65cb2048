import type { WebContents } from 'electron';
import { connect } from '../host/api/connect.ts';
import type { Host } from '../host/host.ts';
import { MESSAGE, OPEN } from './channels.ts';
import { fromPage } from './senders.ts';

interface Connection {
  readonly hear: (message: unknown) => void;
  readonly close: () => void;
}

/** Ties each page to the host by messages. Messages are plain data, and none of them is answered at once: nothing here can be waited for by a page that stands still. */
export function setupPipe(host: Host): void {
  const connections = new Map<number, Connection>();
  const known = new WeakSet<WebContents>();
  const close = (page: number) => {
    connections.get(page)?.close();
    connections.delete(page);
  };
  fromPage(OPEN, contents => {
    // Where the page was loaded anew, what went on with the one before is over.
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

/** An error would cross without the name that says what it is, and with a stack that is nobody's business: it goes as data. */
function plain(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('e' in message) || !(message.e instanceof Error))
    return message;
  const { name, message: text } = message.e;
  return { ...message, e: { name, message: text } };
}
