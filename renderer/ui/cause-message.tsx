import { label } from '../model/shown-text.ts';
import './cause-message.css';

/**
 * What a cause of failure says. Where several batches failed for it, the parts in which their messages differ are `…`,
 * and marked as such.
 */
export function CauseMessage({ message, batches }: { message: string; batches: number }) {
  if (batches === 1) return <code>{message}</code>;
  // A text that runs from right to left is set apart as a whole: here each part is, by itself.
  const parts = message.replaceAll(/[\u2068\u2069]/g, '').split('…');
  return (
    <code>
      {parts
        .map(part => label(part))
        .flatMap((part, place) =>
          place === 0
            ? [part]
            : [
                <mark key={place} className="varies" title="Differs from batch to batch">
                  …
                </mark>,
                part,
              ],
        )}
    </code>
  );
}
