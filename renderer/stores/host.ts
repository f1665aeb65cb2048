import type { StudioApi, StudioEvents } from '../../host/api/api.ts';
import { connectClient, type Client, type Connection } from '../client/client.ts';

let client: Client | undefined;

/** The host's methods. Components call them through the hooks and actions that need them. */
export function api(): StudioApi {
  if (!client) throw new Error('The session has not started.');
  return client.api;
}

/** For good: a page that is reloaded connects anew. */
export function disconnectHost(): void {
  client?.close();
}

export function connectHost(events: StudioEvents, onConnection: (state: Connection) => void): void {
  client = connectClient(events, onConnection);
}
