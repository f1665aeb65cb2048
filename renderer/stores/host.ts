import type { StudioApi, StudioEvents } from '../../host/api/api.ts';
import type { Recording } from '../../host/api/recording.ts';
import { connectClient, type Client, type Connection } from '../client/client.ts';
import { recordedClient, type CheckAnswer } from '../client/recording/client.ts';
import type { Parts } from '../client/recording/open.ts';

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

/** An exported file answers in the place of the host. */
export function connectRecording(recording: Recording, parts: Parts, check?: CheckAnswer): void {
  client?.close();
  client = recordedClient(recording, parts, check);
}
