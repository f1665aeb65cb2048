import { chromeAddress } from '../../../common/debugger-address.ts';
import { number } from '../../../common/format.ts';
import { debuggingText, isDebugging } from '../../model/debug-text.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { closeDebugging, stopDebugging } from '../../stores/debugging.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import './debug-bar.css';

/** The failed batch that is executed in a debugger: where to attach, and what becomes of it. */
export function DebugBar() {
  const debugging = useStudio(state => state.debugging);
  const graph = useStudio(state => (state.runId === debugging?.run ? state.detail?.graph : undefined));
  if (!debugging) return null;
  const { address, run, batch, path, state, step } = debugging;
  const title = graph && step !== undefined ? titleLabel(graph, step) : undefined;
  return (
    <section className="debug-bar" aria-label="Debugger" data-state={state} data-outcome={debugging.outcome}>
      <p>
        <b>
          Batch {number(batch)} of {graph ? titleLabel(graph, path) : `run ${run}`}
        </b>{' '}
        <span role="status">{debuggingText(debugging, title)}</span>
      </p>
      {state === 'waiting' && address !== undefined && (
        <p className="debug-address">
          <code>{address}</code>
          <CopyButton text={() => address}>Copy address</CopyButton>
          <CopyButton text={() => chromeAddress(address)}>Copy for Chrome</CopyButton>
        </p>
      )}
      {isDebugging(debugging) ? (
        <Button small onClick={stopDebugging}>
          Stop
        </Button>
      ) : (
        <Button small onClick={closeDebugging}>
          Close
        </Button>
      )}
    </section>
  );
}
