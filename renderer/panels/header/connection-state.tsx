import { useConnection, type ShownConnection } from '../../hooks/use-connection.ts';

/** Whether what is on the screen is how things are. */
export function ConnectionState() {
  const connection = useConnection();
  return (
    <span className={`connection ${connection.state}`} role="status">
      <i aria-hidden />
      {wordsOf(connection)}
    </span>
  );
}

function wordsOf({ state, seconds, stale }: ShownConnection): string {
  if (stale === 'lost') return `disconnected for ${seconds} s`;
  if (stale !== undefined) return 'not live';
  return state === 'live' ? 'live' : 'connecting';
}
