import { Tabs } from '../../ui/parts.tsx';
import { LogLines } from '../inspector/logs-view.tsx';
import { number } from '../../../common/format.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import './problems.css';
import { Playback } from './playback.tsx';
import { Problems } from './problems.tsx';

/** Below the views: why batches failed, what is being said, and how it went. */
export function Drawer() {
  const tab = useStudio(state => state.drawer);
  const causes = useStudio(state => (state.problems ? state.problems.causes.length + state.problems.lost.length : 0));
  const changed = useStudio(state => state.detail?.codeChanged === true && state.detail.item.status !== 'completed');
  return (
    <div className="panel drawer">
      <header className="drawer-head">
        <Tabs
          label="Below"
          chosen={tab}
          onChoose={drawer => studio.setState({ drawer })}
          tabs={[
            { id: 'problems', title: causes > 0 ? `Problems · ${number(causes)}` : 'Problems' },
            { id: 'logs', title: 'Logs' },
            { id: 'playback', title: 'Playback' },
          ]}
        />
        {changed && <span className="muted">The code has changed since this run: a re-run uses the new code</span>}
      </header>
      {tab === 'problems' && <Problems />}
      {tab === 'logs' && <Logs />}
      {tab === 'playback' && <Playback />}
    </div>
  );
}

function Logs() {
  const lines = useStudio(state => state.logs);
  const dropped = useStudio(state => state.logsDropped);
  return (
    <section className="drawer-logs" aria-label="Logs">
      <LogLines lines={lines} follow empty="Nothing was logged yet. What steps say with console.log comes here." />
      {dropped > 0 && (
        <p className="muted">
          {number(dropped)} more lines came too fast to show. They are kept: look into a batch or a step.
        </p>
      )}
    </section>
  );
}
