import type { EventName, EventOf } from '../host/api/api.ts';
import type { Host } from '../host/host.ts';

/** Hears one kind of what the host tells. */
export function onHostEvent<E extends EventName>(host: Host, wanted: E, listener: (payload: EventOf<E>) => void): void {
  host.subscribe((event, payload) => {
    if ((event as EventName) === wanted) listener(payload as unknown as EventOf<E>);
  });
}
