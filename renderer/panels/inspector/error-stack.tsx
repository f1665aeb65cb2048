import { counted } from '../../../common/format.ts';
import { label, locationLabel } from '../../model/shown-text.ts';
import { stackParts, type StackPart } from '../../model/stack-frames.ts';
import { openInEditor } from '../../stores/actions.ts';

/** The author's lines lead to the editor; those of libraries are folded away. */
export function Stack({ stack }: { stack: string }) {
  const parts = stackParts(stack);
  if (parts.length === 0) return null;
  return (
    <details className="stack">
      <summary>Stack</summary>
      <ol>
        {parts.map((part, index) => (
          <li key={index}>
            <StackLine part={part} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function StackLine({ part }: { part: StackPart }) {
  switch (part.kind) {
    case 'head':
      return label(part.text, 1_000);
    case 'own':
      return (
        <button
          type="button"
          className="link"
          title={label(part.at.file)}
          onClick={() => void openInEditor(part.at.file, part.at.line, part.at.column)}
        >
          {part.text !== '' && `${label(part.text, 200)} · `}
          {locationLabel(part.at)}
        </button>
      );
    case 'others':
      return (
        <details>
          <summary>{counted(part.lines.length, ['line', 'lines'])} of libraries and of Node</summary>
          <pre>{part.lines.map(line => label(line, 1_000)).join('\n')}</pre>
        </details>
      );
  }
}
