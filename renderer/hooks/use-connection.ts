import { useEffect, useState } from 'react';
import { useStudio, type StudioState } from '../stores/studio.ts';

/** A moment without a connection is nothing to tell. */
const PATIENCE_S = 2;

export interface ShownConnection {
  readonly state: StudioState['connection'];
  /** How long it has not been live. */
  readonly seconds: number;
  /** Why what is on the screen is how things were, and cannot be acted upon; undefined while it is live. */
  readonly stale: 'lost' | 'refused' | 'outdated' | undefined;
}

export function useConnection(): ShownConnection {
  const state = useStudio(({ connection }) => connection);
  const since = useStudio(({ lostSince }) => lostSince);
  const now = useSeconds(since !== undefined);
  const seconds = since === undefined ? 0 : Math.max(0, Math.round((now - since) / 1000));
  return { state, seconds, stale: staleness(state, seconds) };
}

function staleness(state: ShownConnection['state'], seconds: number): ShownConnection['stale'] {
  if (state === 'refused' || state === 'outdated') return state;
  return state !== 'live' && seconds >= PATIENCE_S ? 'lost' : undefined;
}

function useSeconds(ticking: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
