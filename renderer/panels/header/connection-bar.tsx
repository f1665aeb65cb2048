import { useConnection } from '../../hooks/use-connection.ts';
import { Button } from '../../ui/button.tsx';
import '../../ui/trust.css';

/** Says of a page that is not live any more why, and what brings it back. */
export function ConnectionBar() {
  const { stale } = useConnection();
  if (stale === undefined) return null;
  return (
    <section className="trust-bar stale-bar" role="alert" aria-label="Connection">
      <p>{WORDS[stale]}</p>
      {stale === 'outdated' && (
        <Button small look="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      )}
    </section>
  );
}

const WORDS = {
  lost: 'No connection to Cronflow: what you see is how it was. When Cronflow is back, this page continues by itself.',
  refused:
    'Cronflow was started again, and this page belongs to the earlier start: what you see is how it was. ' +
    'Open the link that Cronflow printed last; this page then continues, too.',
  outdated: 'Cronflow was updated while this page was open: what you see is how it was. Reload the page.',
} as const;
