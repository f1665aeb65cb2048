import type { FailureCause } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import './cause-message.css';

const LONGEST_EXAMPLE = 40;

/**
 * What a cause of failure says. Where the messages of its batches differ, one of the values stands for all, and is marked as
 * such; the others are told beside it.
 */
export function CauseMessage({ pattern, message }: Pick<FailureCause, 'pattern' | 'message'>) {
  // A text that runs from right to left is set apart as a whole: here each part is, by itself.
  if (!pattern.some(part => 'examples' in part)) return <code>{message}</code>;
  return (
    <code>
      {pattern.map((part, place) =>
        'text' in part ? (
          <span key={place}>{label(part.text)}</span>
        ) : (
          <mark key={place} className="varies" title={variesText(part.examples)}>
            {part.examples[0] === undefined ? '…' : label(part.examples[0], LONGEST_EXAMPLE)}
            <span className="visually-hidden"> ({variesText(part.examples)})</span>
          </mark>
        ),
      )}
    </code>
  );
}

function variesText(examples: readonly string[]): string {
  const named = examples.map(example => label(example === '' ? 'nothing' : example, LONGEST_EXAMPLE));
  return named.length === 0
    ? 'Differs from batch to batch'
    : `Differs from batch to batch, such as ${named.join(', ')}`;
}
