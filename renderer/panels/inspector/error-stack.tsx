import { counted } from '../../../common/format.ts';
import type { ErrorFrames, FramePart } from '../../model/error-frames.ts';
import { label } from '../../model/shown-text.ts';
import { EditorLink } from '../../ui/editor-link.tsx';

/** Where an error came about: the author's lines lead to the editor, and those of libraries and of Node are folded away. */
export function Frames({ frames = [] }: { frames?: readonly FramePart[] | undefined }) {
  if (frames.length === 0) return null;
  return (
    <ol className="error-frames" aria-label="Frames">
      {frames.map((part, index) => (
        <li key={index}>
          <FrameLine part={part} />
        </li>
      ))}
    </ol>
  );
}

function FrameLine({ part }: { part: FramePart }) {
  if (part.kind === 'own')
    return (
      <EditorLink
        at={part.at}
        title={label(part.at.file)}
        before={part.text === '' ? '' : `${label(part.text, 200)} · `}
      />
    );
  return (
    <details>
      <summary>
        {counted(part.lines.length, ['library frame', 'library frames'])}
        <span> folded</span>
      </summary>
      <pre>{part.lines.map(line => label(line, 1_000)).join('\n')}</pre>
    </details>
  );
}

/** Frames of reasons that the error does not tell. */
export function OtherFrames({ rest }: Pick<ErrorFrames, 'rest'>) {
  if (rest.length === 0) return null;
  return (
    <details className="stack">
      <summary>{counted(rest.length, ['more stack', 'more stacks'])}</summary>
      {rest.map(({ head, frames }, index) => (
        <div key={index} className="error-reason">
          <p className="error-message">{label(head, 1_000)}</p>
          <Frames frames={frames} />
        </div>
      ))}
    </details>
  );
}
