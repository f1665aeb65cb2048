import { diffItems } from '../model/items/item-diff.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { EditTextDialog } from './edit-text-dialog.tsx';

interface Props {
  readonly scope: number;
  readonly item: number;
  readonly name: string;
  readonly onClose: () => void;
}

/** Corrects an item that is set aside, and takes it back into its batch. */
export function EditAsideDialog({ scope, item, name, onClose }: Props) {
  const run = useStudio(state => state.runId);
  if (run === undefined) return null;
  return (
    <EditTextDialog
      run={run}
      title={`Edit ${name} and take it back in`}
      text="The item as text"
      hint="What you do not change stays what it is."
      load={async () => {
        const { json, truncated } = await api().getItemSetAside({ run, scope, item });
        if (truncated) throw new Error('This item is too large to edit here.');
        return json;
      }}
      subject={[scope, item]}
      diff={(before, after) => diffItems(`[${before}]`, `[${after}]`, item)}
      whyNot={() => undefined}
      request={{ select: 'none', takeBack: [{ scope, item }] }}
      withText={(request, { text, shown }) => ({ ...request, takeBack: [{ scope, item, value: text, shown }] })}
      submit="Take back in"
      what={`the batch of ${name}`}
      hasOtherItems={false}
      onClose={onClose}
    >
      <p>
        All steps of its batch run again, with this item in its old place and all others that are not set aside. What
        the batch came to before stays on record.
      </p>
    </EditTextDialog>
  );
}
