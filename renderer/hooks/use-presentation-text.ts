import { useMemo, useSyncExternalStore } from 'react';
import { textIn } from '../model/presentation/languages.ts';
import type { PresentationText } from '../model/presentation/text.ts';

/** The texts for people who are presented to, in the language of the system. */
export function usePresentationText(): PresentationText {
  const preferred = useSyncExternalStore(subscribe, () => navigator.languages.join());
  return useMemo(() => textIn(preferred.split(',')), [preferred]);
}

function subscribe(changed: () => void): () => void {
  addEventListener('languagechange', changed);
  return () => removeEventListener('languagechange', changed);
}
