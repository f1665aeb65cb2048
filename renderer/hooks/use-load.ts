import { useEffect, useRef, useState } from 'react';

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

/**
 * Asks for something when it comes into view, when it is another thing, and again when there is a newer version of it:
 * one version after the other, so that what is asked for often and answered slowly is seen nevertheless. What is shown
 * stays until the new answer is there.
 */
export function useLoad<T>(
  ask: (() => Promise<T>) | undefined,
  subject: readonly unknown[],
  version: string | number = '',
): Loaded<T> {
  const key = JSON.stringify(subject);
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const latest = useRef({ ask, version });
  latest.current = { ask, version };
  const look = useRef(() => Promise.resolve());
  useEffect(() => {
    let [current, busy] = [true, false];
    look.current = async () => {
      if (busy) return;
      busy = true;
      for (let asked: string | number | undefined; current && latest.current.ask && asked !== latest.current.version;) {
        asked = latest.current.version;
        const found = await latest.current.ask().then(
          (value): Loaded<T> => ({ state: 'loaded', value }),
          (error: unknown): Loaded<T> => ({
            state: 'failed',
            message: error instanceof Error ? error.message : String(error),
          }),
        );
        if (current) setLoaded(found);
      }
      busy = false;
    };
    void look.current();
    return () => {
      current = false;
    };
  }, [key, ask === undefined]);
  useEffect(() => void look.current(), [version]);
  return loaded;
}
