import { titleLabel } from '../model/shown-text.ts';
import { checkItems, findItems } from '../stores/items.ts';
import { useStudio, type FindRequest } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { WhatIsExecuted } from './what-is-executed.tsx';

interface Props {
  readonly request: FindRequest;
  /** They are known, and are to be tried with the code as it is now. */
  readonly isCheck: boolean;
  readonly onClose: () => void;
}

/** Asks once for each workflow before steps are executed to find items at fault. The first button executes nothing. */
export function FindItemsDialog({ request, isCheck, onClose }: Props) {
  const detail = useStudio(state => state.detail);
  if (!detail) return null;
  const where = request.node === undefined ? detail.item.name : titleLabel(detail.graph, request.node);
  return (
    <Modal
      title={`Execute steps to ${isCheck ? 'try' : 'find'} the items at fault?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            onClick={() => {
              onClose();
              void (isCheck ? checkItems(true) : findItems(request, true));
            }}
          >
            {isCheck ? 'Execute and try' : 'Execute and find'}
          </Button>
        </>
      }
    >
      <WhatIsExecuted>
        {isCheck
          ? `Cronflow executes the steps of ${where} over the items at fault, with the code as it is now, each time you save.`
          : `Cronflow executes the steps of the failed batches of ${where} over parts of their items, until it knows which items make them fail.`}
      </WhatIsExecuted>
    </Modal>
  );
}
