import type { ReactNode } from 'react';

/** What it means to execute steps without keeping anything, for the question before it. */
export function WhatIsExecuted({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <p>{children} Nothing of it is stored: not what the steps return, and not what they write to the state.</p>
      <p>
        <b>What these steps do outside is done</b>: mails, payments, requests. A step that does nothing of the kind can
        say so with <code>pure: true</code>, and is never asked about.
      </p>
      <p>The answer holds for this workflow from now on.</p>
    </>
  );
}
