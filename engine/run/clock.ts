/** Time as the engine sees it. Tests bring one whose hands they move. */
export interface Clock {
  /** Milliseconds since 1970, with fractions. */
  now(): number;
  /** Calls back after `ms` milliseconds; the function returned takes that back. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
