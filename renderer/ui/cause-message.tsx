import './cause-message.css';

/**
 * What a cause of failure says. Where several batches failed for it, the parts in which their messages differ are `…`,
 * and marked as such.
 */
export function CauseMessage({ message, batches }: { message: string; batches: number }) {
  if (batches === 1) return <code>{message}</code>;
  return (
    <code>
      {message.split('…').flatMap((part, place) =>
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
