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

function wordsOf({ state, seconds, isStale }: ShownConnection): string {
  if (state === 'live') return 'live';
  if (state === 'refused' || state === 'outdated') return 'not live';
  return isStale ? `disconnected for ${seconds} s` : 'connecting';
}
