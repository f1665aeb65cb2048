import { useEffect, useRef, useState } from 'react';
import { Loader, type Loaded, type Version } from '../model/loader.ts';

/**
 * Loads something when a component shows it, when `subject` changes, and again when `version` changes. The previous
 * answer stays until the new one arrives, so that a panel does not flicker.
 */
export function useLoad<T>(
  request: (() => Promise<T>) | undefined,
  subject: readonly unknown[],
  version?: Version,
): Loaded<T> {
  const key = JSON.stringify(subject);
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const latest = useRef({ request, version });
  latest.current = { request, version };
  const loader = useRef<Loader<T>>(undefined);
  useEffect(() => {
    const own = new Loader<T>(setLoaded);
    loader.current = own;
    void own.load(latest.current.request, latest.current.version);
    return () => own.stop();
  }, [key, request === undefined]);
  const loadedVersion = useRef(version);
  useEffect(() => {
    // The first version is requested above, together with its subject.
    if (loadedVersion.current === version) return;
    loadedVersion.current = version;
    void loader.current?.load(latest.current.request, version);
  }, [version]);
  return loaded;
}
