import type { CodeChange } from '../../../host/api/api.ts';
import { codeLines } from '../../model/compare/compare-words.ts';
import { dedent } from '../../model/dedent.ts';
import { label, locationLabel } from '../../model/shown-text.ts';

/** Lines that were taken away and added, without the indentation that all of them have. */
export function CodeHunk({ change }: { change: CodeChange }) {
  const lines = codeLines(change);
  const texts = dedent(lines.map(({ text }) => text)).text.split('\n');
  return (
    <figure className="code-hunk">
      <pre tabIndex={0} aria-label={`Change of the code at ${locationLabel(change)}`}>
        {lines.map(({ sign, line }, at) => (
          <span key={at} className={sign === '+' ? 'added' : sign === '−' ? 'removed' : ''}>
            <i>{line}</i>
            {sign} {label(texts[at] ?? '')}
            {'\n'}
          </span>
        ))}
      </pre>
      <figcaption className="muted">{locationLabel(change)}</figcaption>
    </figure>
  );
}
