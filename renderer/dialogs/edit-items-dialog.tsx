import { parseValueText } from '../../common/value-text.ts';
import { batchName } from '../model/batch-name.ts';
import { useBatchLabel } from '../stores/batch-labels.ts';
import { diffItems } from '../model/items/item-diff.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { EditTextDialog } from './edit-text-dialog.tsx';

interface Props {
  readonly node: number;
  readonly index: number;
  /** The items as they were edited before, in the table. */
  readonly edited: string | undefined;
  readonly onClose: () => void;
}

/** Runs one batch again with other items. What it had before stays on record. */
export function EditItemsDialog({ node, index, edited, onClose }: Props) {
  const run = useStudio(state => state.runId);
  const path = useStudio(state => state.model?.maps.get(node)?.path);
  const batch = batchName(index, useBatchLabel(node, index));
  if (run === undefined || path === undefined) return null;
  return (
    <EditTextDialog
      run={run}
      title={`Edit the items of ${batch}`}
      text="Items as text"
      hint={
        <>
          A list in JSON, which also knows undefined, NaN, 12n, Date("2026-01-31T09:00:00Z"), Map {'{"key" => 1}'} and
          Set {'{1, 2}'}. What you do not change stays what it is.
        </>
      }
      load={async () => {
        const found = await api().findBatch({ run, node, index });
        if (!found) throw new Error(`Batch ${index} no longer exists.`);
        const { json, truncated } = await api().getItems({ run, scope: found.scope, full: true });
        if (truncated)
          throw new Error('These items are too large to edit here. Change the source and re-run the batch instead.');
        return json;
      }}
      subject={[node, index]}
      edited={edited}
      diff={diffItems}
      whyNot={text => (parseValueText(text).kind === 'list' ? undefined : 'The items must be a list: [ … ].')}
      // As other items have it.
      request={{ node: path, select: { ranges: [[index, index]] }, fromStart: true }}
      withText={(request, { text, shown }) => ({ ...request, items: text, itemsShown: shown })}
      submit="Re-run with these items"
      what={batch}
      hasOtherItems
      onClose={onClose}
    >
      <p>
        All steps of the batch run again with these items. The items, outputs and errors of earlier attempts stay
        stored.
      </p>
    </EditTextDialog>
  );
}
