import { useEffect } from 'react';
import { askToRerun, goToFailed, openDialog, openInEditor, present, show } from '../stores/actions.ts';
import { notice } from '../stores/session.ts';
import { studio } from '../stores/studio.ts';
import { sourceToEdit } from '../stores/source-to-edit.ts';

/** What keys do, in the order the help lists them. */
export const KEYS: readonly { readonly keys: string; readonly does: string; readonly run: () => void }[] = [
  { keys: '[', does: 'Previous failed batch', run: () => void goToFailed('previous') },
  { keys: ']', does: 'Next failed batch', run: () => void goToFailed('next') },
  { keys: 'R', does: 'Re-run the selected batches', run: rerunSelection },
  { keys: 'Shift+R', does: 'Re-run failed batches', run: () => askToRerun({ select: 'failed' }, 'the failed batches') },
  { keys: 'G', does: 'Graph', run: () => show('graph') },
  { keys: 'B', does: 'Batches', run: () => show('batches') },
  { keys: 'T', does: 'Timeline', run: () => show('timeline') },
  { keys: 'C', does: 'Compare', run: () => show('compare') },
  { keys: '/', does: 'Filter', run: () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus() },
  { keys: 'E', does: 'Open in the editor', run: edit },
  { keys: 'P', does: 'Present', run: () => present(!studio.getState().presenting) },
  { keys: '?', does: 'Help', run: () => openDialog({ kind: 'help' }) },
];

export function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openDialog({ kind: 'palette' });
      }
      if (event.key === 'Escape' && studio.getState().presenting) return present(false);
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || studio.getState().dialog)
        return undefined;
      const pressed =
        event.shiftKey && event.key.length === 1 && /[a-z]/i.test(event.key)
          ? `Shift+${event.key.toUpperCase()}`
          : event.key.length === 1
            ? event.key.toUpperCase()
            : event.key;
      const found = KEYS.find(({ keys }) => keys === pressed);
      if (!found) return undefined;
      event.preventDefault();
      return found.run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

function rerunSelection(): void {
  const { selection, inspected, model } = studio.getState();
  if (selection) return askToRerun({ node: selection.path, select: selection.where }, selection.text);
  if (inspected.kind !== 'batch' || inspected.parent !== undefined) return undefined;
  const path = model?.maps.get(inspected.node)?.path;
  if (path === undefined) return undefined;
  return askToRerun(
    { node: path, select: { ranges: [[inspected.index, inspected.index]] } },
    `batch ${inspected.index}`,
  );
}

function edit(): void {
  sourceToEdit().then(place => {
    if (place) void openInEditor(place.file, place.line);
  }, notice);
}
