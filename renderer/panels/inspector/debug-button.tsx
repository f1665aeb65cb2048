import { isDebugging } from '../../model/debug-text.ts';
import { debugBatch } from '../../stores/debugging.ts';
import { useStudio, type DebugRequest } from '../../stores/studio.ts';
import { RunButton } from '../../ui/run-button.tsx';

/** Of a failed batch. */
export function DebugButton({ node, batch, scope }: DebugRequest) {
  const isBusy = useStudio(state => isDebugging(state.debugging));
  return (
    <RunButton
      small
      disabled={isBusy}
      title={
        isBusy
          ? 'A batch is being debugged. Stop that first.'
          : 'Executes the batch in a process that waits for a debugger, and stops at the failing step.'
      }
      onClick={() => void debugBatch({ node, batch, scope })}
    >
      Debug this batch
    </RunButton>
  );
}
