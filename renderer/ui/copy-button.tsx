import { useEffect, useState } from 'react';
import { copyText } from '../stores/clipboard.ts';
import { notice } from '../stores/notice.ts';
import { Button } from './button.tsx';

const SHOWN_MS = 2_000;

/** Copies a text, and says that it has. */
export function CopyButton({ children, text }: { readonly children: string; readonly text: () => string | undefined }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    const copied = text();
    if (copied !== undefined) copyText(copied).then(() => setIsCopied(true), notice);
  };
  return (
    <Button small look="quiet" onClick={copy}>
      <span aria-live="polite">{isCopied ? 'Copied' : children}</span>
    </Button>
  );
}
