import { batchName } from '../model/batch-name.ts';
import { useBatchLabel } from '../stores/batch-labels.ts';
import { titleLabel } from '../model/shown-text.ts';
import { debugBatch } from '../stores/debugging.ts';
import { useStudio, type DebugRequest } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { WhatIsExecuted } from './what-is-executed.tsx';

/** Asks once for each workflow before steps are executed in a debugger. The first button executes nothing. */
export function DebugBatchDialog({
  request,
  onClose,
}: {
  readonly request: DebugRequest;
  readonly onClose: () => void;
}) {
  const detail = useStudio(state => state.detail);
  // Of an outermost node: of one inside a batch the page has no map.
  const node = useStudio(({ model }) => [...(model?.maps.values() ?? [])].find(map => map.path === request.node)?.node);
  const name = useBatchLabel(node, request.batch);
  if (!detail) return null;
  return (
    <Modal
      title="Execute steps in a debugger?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            onClick={() => {
              onClose();
              void debugBatch(request, true);
            }}
          >
            Execute and debug
          </Button>
        </>
      }
    >
      <WhatIsExecuted>
        Cronflow executes {batchName(request.batch, name)} of {titleLabel(detail.graph, request.node)}, from the step
        that has failed, with the code as it is now.
      </WhatIsExecuted>
    </Modal>
  );
}
