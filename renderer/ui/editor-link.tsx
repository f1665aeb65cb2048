import type { MouseEvent } from 'react';
import { locationLabel } from '../model/shown-text.ts';
import { openInEditor } from '../stores/actions.ts';
import { useStudio } from '../stores/studio.ts';

interface Props {
  readonly at: { readonly file: string; readonly line: number; readonly column?: number };
  /** Before the place. */
  readonly before?: string;
  readonly title?: string;
}

/** A place in the author's code, which opens there; in an exported file only its name. */
export function EditorLink({ at, before = '', title }: Props) {
  const hasEditor = useStudio(state => state.recording === undefined);
  const text = `${before}${locationLabel(at)}`;
  if (!hasEditor) return <span title={title}>{text}</span>;
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    void openInEditor(at.file, at.line, at.column);
  };
  return (
    <button type="button" className="link" title={title} onClick={open}>
      {text}
    </button>
  );
}
