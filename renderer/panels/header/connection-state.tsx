import { useEffect, useState } from 'react';
import { useStudio } from '../../stores/studio.ts';

/** Whether what is on the screen is how things are. */
export function ConnectionState() {
  const connection = useStudio(state => state.connection);
  const since = useStudio(state => state.lostSince);
  const now = useSeconds(since !== undefined);
  const behind = since === undefined ? 0 : Math.round((now - since) / 1000);
  const words = connection === 'live' ? 'live' : behind < 2 ? 'connecting' : `disconnected for ${behind} s`;
  return (
    <span className={`connection ${connection}`} role="status">
      <i aria-hidden />
      {words}
    </span>
  );
}

function useSeconds(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
