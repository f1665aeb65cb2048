import { createBirpc } from 'birpc';
import type { StudioApi, StudioEvents } from '../../host/api/api.ts';
import { safeToShow } from '../model/shown-text.ts';
import { openChannel } from './channel.ts';

/** `refused`: the host was started again, and does not know this page. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface Client {
  /** The host's methods. A call made while the connection is lost rejects. */
  readonly api: StudioApi;
  close(): void;
}

const RETRY_MS = [250, 500, 1000, 2000, 4000] as const;
/** A plan for a very large run may take this long on a busy machine; a call that is lost is noticed by the connection. */
const CALL_TIMEOUT_MS = 60_000;

/** Connects to the host, and again whenever the connection is lost. */
export function connectClient(events: StudioEvents, onConnection: (state: Connection) => void): Client {
  const shownEvents = Object.fromEntries(
    Object.entries(events).map(([event, hear]) => [
      event,
      (payload: never) => {
        hear(safeToShow(payload));
      },
    ]),
  ) as unknown as StudioEvents;
  let remote: StudioApi | undefined;
  let closed = false;
  let tries = 0;
  let isRefused = false;
  let closeChannel = (): void => undefined;

  const connect = (): void => {
    // A page that is refused stays so until it is let in: its user may open the new link beside it.
    if (!isRefused) onConnection('connecting');
    let hasOpened = false;
    const channel = openChannel();
    closeChannel = () => channel.close();
    const rpc = createBirpc<StudioApi, StudioEvents>(shownEvents, {
      post: message => channel.send(message),
      on: listener => channel.onMessage(listener),
      timeout: CALL_TIMEOUT_MS,
    });
    channel.onOpen(() => {
      hasOpened = true;
      isRefused = false;
      tries = 0;
      remote = rpc as unknown as StudioApi;
      onConnection('live');
    });
    channel.onLost(() => {
      remote = undefined;
      rpc.$close();
      void waitAndConnect(hasOpened ? Promise.resolve(false) : channel.isRefused());
    });
  };
  const waitAndConnect = async (refusal: Promise<boolean>): Promise<void> => {
    isRefused = await refusal;
    if (closed) return;
    onConnection(isRefused ? 'refused' : 'lost');
    setTimeout(connect, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
  };
  connect();

  // Calls go to whichever connection there is now.
  const api = new Proxy({} as StudioApi, {
    get: (_target, method: string) => async (args: unknown) => {
      if (!remote) throw new Error('The connection to Cronflow is lost. Reconnecting…');
      return safeToShow(
        await (remote as unknown as Record<string, (args: unknown) => Promise<unknown>>)[method]?.(args),
      );
    },
  });
  return {
    api,
    close: () => {
      closed = true;
      closeChannel();
    },
  };
}
