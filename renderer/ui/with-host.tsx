import type { ReactNode } from 'react';
import { useStudio } from '../stores/studio.ts';

/** What needs a workspace: in an exported file there is none, so it is not there. */
export function WithHost({ children }: { readonly children: ReactNode }) {
  return useStudio(state => state.recording === undefined) ? children : null;
}
