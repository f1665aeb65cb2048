import { Tabs } from '../../ui/tabs.tsx';
import { Button } from '../../ui/button.tsx';
import { inspect } from '../../stores/actions.ts';
import { number } from '../../../common/format.ts';
import { studio, useStudio, type StudioState } from '../../stores/studio.ts';
import { setPanel } from '../../stores/actions.ts';
import { PanelToggle } from '../header/panel-toggle.tsx';
import './drawer.css';
import { useRefresh } from '../../hooks/use-refresh.ts';
import { StoredLogs } from '../inspector/stored-logs.tsx';
import { Playback } from '../playback/playback.tsx';
import { PastProblems } from './past-problems.tsx';
import { Problems } from './problems.tsx';
import { shownCauses } from '../../stores/past-causes.ts';
import { shownPast } from '../../stores/shown.ts';

/** What stays of the drawer when it is folded away, in CSS pixels. */
export const DRAWER_HEAD = 44;

/** Below the views: why batches failed, what is being said, and how it went. */
export function Drawer() {
  const tab = useStudio(state => state.drawer);
  const causes = useStudio(state => shownCauses(state).length + (shownPast(state) ? 0 : problemsBesideCauses(state)));
  const isPast = useStudio(state => shownPast(state) !== undefined);
  const changed = useStudio(state => state.detail?.codeChanged === true && state.detail.item.status !== 'completed');
  return (
    <section className="panel drawer" aria-label="Drawer">
      <div className="drawer-head">
        <Tabs
          label="Problems, logs and playback"
          chosen={tab}
          onChoose={drawer => {
            studio.setState({ drawer });
            setPanel('drawer', true);
          }}
          tabs={[
            { id: 'problems', title: causes > 0 ? `Problems · ${number(causes)}` : 'Problems' },
            { id: 'logs', title: 'Logs' },
            { id: 'playback', title: 'Playback' },
          ]}
        />
        {changed && <span className="muted">The code has changed since this run. A re-run uses the new code.</span>}
        <PanelToggle panel="drawer" />
      </div>
      <div className="drawer-body">
        {tab === 'problems' && (isPast ? <PastProblems /> : <Problems />)}
        {tab === 'logs' && <Logs />}
        {tab === 'playback' && <Playback />}
      </div>
    </section>
  );
}

/** Lost updates, and the step that a run without failed batches failed with. */
function problemsBesideCauses({ problems, detail, progress }: StudioState): number {
  const isStep = detail?.error !== undefined && progress?.failedBatches === 0;
  return (problems?.lost.length ?? 0) + (isStep ? 1 : 0);
}

function Logs() {
  const run = useStudio(state => state.runId);
  const refresh = useRefresh();
  const lines = useStudio(state => state.logs);
  const dropped = useStudio(state => state.logsDropped);
  const hasEarlier = useStudio(state => state.logsHaveEarlier);
  return (
    <section className="drawer-logs" aria-label="Logs" data-fills>
      {hasEarlier && (
        <p className="muted">
          The newest {number(lines.length)} lines.{' '}
          <Button small onClick={() => inspect({ kind: 'run' }, 'logs')}>
            Show the log of the run
          </Button>
        </p>
      )}
      {run !== undefined && <StoredLogs run={run} version={refresh} live={lines} hasEarlier={hasEarlier} />}
      {dropped > 0 && (
        <p className="muted">
          {number(dropped)} more lines arrived too fast to show. They are stored: open the logs of a batch or a step.
        </p>
      )}
    </section>
  );
}
