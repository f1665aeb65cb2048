import { BatchesView } from './panels/batches/batches-view.tsx';
import { SelectionBar } from './panels/batches/selection-bar.tsx';
import { CompareView } from './panels/compare/compare-view.tsx';
import { InspectorOverlay } from './panels/inspector/inspector-overlay.tsx';
import { MissingRun } from './panels/graph/missing-run.tsx';
import { GraphView } from './panels/graph/graph-view.tsx';
import { Presentation } from './panels/presentation/presentation.tsx';
import { Dialogs } from './dialogs/dialogs.tsx';
import { shownPast } from './stores/shown.ts';
import { useStudio } from './stores/studio.ts';
import { usePageTitle } from './hooks/use-page-title.ts';
import { useTheme } from './hooks/use-theme.ts';
import { TimelineView } from './panels/timeline/timeline-view.tsx';
import { ConnectionBar } from './panels/header/connection-bar.tsx';
import { RecordingBar } from './panels/header/recording-bar.tsx';
import { DebugBar } from './panels/header/debug-bar.tsx';
import { DemoBar } from './panels/header/demo-bar.tsx';
import { InterruptedBar } from './panels/header/interrupted-bar.tsx';
import { LiveOnly } from './ui/live-only.tsx';
import { TrustBar } from './panels/header/trust-bar.tsx';
import { DropZone } from './panels/drop/drop-zone.tsx';
import { useTrustQuestion } from './dialogs/trust-dialog.tsx';
import { Workbench } from './workbench.tsx';
import { WithHost } from './ui/with-host.tsx';
import './app.css';
import { Header } from './panels/header/header.tsx';
import { MomentBar } from './panels/playback/moment-bar.tsx';
import { Notice } from './panels/header/notice.tsx';
import { RunSummary } from './panels/header/run-summary.tsx';
import { RunTimes } from './panels/times/run-times.tsx';
import { useShortcuts } from './hooks/use-shortcuts.ts';

export function App() {
  useTheme();
  useShortcuts();
  useTrustQuestion();
  usePageTitle();
  const presenting = useStudio(state => state.presenting);
  const isExportedFile = useStudio(state => state.recording !== undefined);
  if (presenting)
    return (
      <>
        <LiveOnly>
          <Presentation />
        </LiveOnly>
        <div className="present-connection">
          <ConnectionBar />
        </div>
        <Dialogs />
      </>
    );
  return (
    <div className="studio">
      <LiveOnly>
        <Header />
      </LiveOnly>
      <div>
        <ConnectionBar />
        <TrustBar />
        <RecordingBar />
        <LiveOnly>
          <DemoBar />
          <DebugBar />
          <InterruptedBar />
        </LiveOnly>
        <Notice />
      </div>
      <LiveOnly>
        {/* Where a panel comes or goes, the library shares the width anew, and opens what is folded away. */}
        <Workbench key={isExportedFile ? 'exported' : 'workspace'}>
          <Centre />
        </Workbench>
      </LiveOnly>
      <Dialogs />
      <WithHost>
        <DropZone />
      </WithHost>
    </div>
  );
}

/** The views of a run. The graph stays mounted, so that its camera stays where it was. */
function Centre() {
  const view = useStudio(state => state.view);
  const missing = useStudio(state => state.missingRun);
  // It tells how the run goes or went as a whole.
  const isPast = useStudio(state => shownPast(state) !== undefined);
  // A run says its own.
  const nothingRun = useStudio(state => state.runId === undefined);
  if (missing !== undefined)
    return (
      <main className="centre">
        <MissingRun run={missing} />
      </main>
    );
  return (
    <main className="centre">
      {nothingRun && <h1 className="visually-hidden">Cronflow Studio</h1>}
      <MomentBar />
      <RunSummary />
      {!isPast && <RunTimes />}
      <div className="views">
        <div className="view" hidden={view !== 'graph'}>
          <GraphView />
          <SelectionBar />
        </div>
        {view === 'batches' && (
          <div className="view">
            <BatchesView />
          </div>
        )}
        {view === 'timeline' && (
          <div className="view">
            <TimelineView />
            <SelectionBar />
          </div>
        )}
        {view === 'compare' && (
          <div className="view">
            <CompareView />
            <SelectionBar />
          </div>
        )}
        <InspectorOverlay />
      </div>
    </main>
  );
}
