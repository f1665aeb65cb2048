import { useEffect, useState } from 'react';

export type Loaded<T> = { readonly state: 'loading' } | { readonly state: 'loaded'; readonly value: T } | { readonly state: 'failed'; readonly message: string };

/** Asks for something when it comes into view, and again when what it depends on changes. What is shown stays until the new answer is there. */
export function useLoad<T>(ask: (() => Promise<T>) | undefined, dependencies: readonly unknown[]): Loaded<T> {
  const key = JSON.stringify(dependencies);
  const [loaded, setLoaded] = useState<{ key: string; result: Loaded<T> }>({ key: '', result: { state: 'loading' } });
  useEffect(() => {
    if (!ask) return undefined;
    let current = true;
    ask().then(
      value => { if (current) setLoaded({ key, result: { state: 'loaded', value } }); },
      (error: unknown) => { if (current) setLoaded({ key, result: { state: 'failed', message: error instanceof Error ? error.message : String(error) } }); },
    );
    return () => { current = false; };
    // `ask` is made anew at each render; the key says when it means something else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, ask === undefined]);
  return loaded.result;
}
