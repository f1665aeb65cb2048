import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { rerun } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';

/** Runs one batch again with other items. What it had before stays on record. */
export function EditItemsDialog({ node, index, onClose }: { node: number; index: number; onClose: () => void }) {
  const run = useStudio(state => state.runId);
  const path = useStudio(state => state.model?.maps.get(node)?.path);
  const [shown, setShown] = useState<string>();
  const [items, setItems] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (run === undefined) return;
    const load = async () => {
      const found = await api().findBatch({ run, node, index });
      if (!found) throw new Error(`Batch ${index} no longer exists.`);
      const value = await api().getItems({ run, scope: found.scope, full: true });
      if (value.truncated)
        throw new Error('These items are too large to edit here. Change the source and re-run the batch instead.');
      setShown(value.json);
      setItems(value.json);
    };
    load().catch((error: unknown) => setWrong(error instanceof Error ? error.message : String(error)));
  }, [run, node, index]);

  if (run === undefined || path === undefined) return null;
  const go = async () => {
    const problem = notAnArray(items ?? '');
    setWrong(problem);
    if (problem) return;
    setBusy(true);
    if (await rerun(run, { node: path, select: { ranges: [[index, index]] }, items: items ?? '[]', itemsShown: shown }))
      onClose();
    else setBusy(false);
  };
  return (
    <Modal
      wide
      title={`Edit the items of batch ${index}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={busy || items === undefined} onClick={() => void go()}>
            Re-run with these items
          </Button>
        </>
      }
    >
      <p>
        All steps of the batch run again with these items. The items, outputs and errors of earlier attempts stay
        stored.
      </p>
      <label className="field">
        <span>Items</span>
        <small>A JSON array. What you do not change stays what it is, such as a date or a map.</small>
        <textarea
          style={{ minHeight: '40vh' }}
          spellCheck={false}
          value={items ?? ''}
          disabled={items === undefined}
          onChange={event => setItems(event.target.value)}
        />
      </label>
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Modal>
  );
}

function notAnArray(text: string): string | undefined {
  try {
    return Array.isArray(JSON.parse(text)) ? undefined : 'The items must be an array: [ … ].';
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
