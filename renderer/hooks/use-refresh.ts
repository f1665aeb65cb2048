import { useEffect, useState } from 'react';
import { studio } from '../stores/studio.ts';

const REFRESH_MS = 1_000;

/** A number that changes after the run has made progress, at most once a second; while `isWanted`. */
export function useRefresh(isWanted = true): number {
  const [refresh, setRefresh] = useState(0);
  useEffect(() => {
    if (!isWanted) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = studio.subscribe((state, before) => {
      if (state.progress === before.progress) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        setRefresh(count => count + 1);
      }, REFRESH_MS);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [isWanted]);
  return refresh;
}
