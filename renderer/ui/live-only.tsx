import type { ReactNode } from 'react';
import { useConnection } from '../hooks/use-connection.ts';
import './live-only.css';

/** What can be acted upon only while the page is live. Else it is grey, and its buttons are disabled; it can be read. */
export function LiveOnly({ children }: { readonly children: ReactNode }) {
  const { stale } = useConnection();
  return (
    <fieldset className="live-only" disabled={stale !== undefined}>
      {children}
    </fieldset>
  );
}
