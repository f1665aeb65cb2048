import type { ReactNode } from 'react';
import { rerunText } from '../../model/rerun-text.ts';
import { Button } from '../../ui/button.tsx';
import { askToCancel, askToRerun, openDialog, present, resumeRun, setTheme, stopRun } from '../../stores/actions.ts';
import { hasDemo, showsDemos } from '../../stores/demo.ts';
import { openRun } from '../../stores/open-run.ts';
import { openName } from '../../stores/open-name.ts';
import { isNextStepNearer } from '../../stores/next-step.ts';
import { openItem, stoppingAs, useStudio, type Theme } from '../../stores/studio.ts';
import { PanelToggle } from './panel-toggle.tsx';
import { ConnectionState } from './connection-state.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import { RunButton, StartButton, StartDemoButton } from '../../ui/run-button.tsx';
import './header.css';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

export function Header() {
  return (
    <header className="header">
      <WithHost>
        <PanelToggle panel="sidebar" />
      </WithHost>
      <span className="brand">Cronflow Studio</span>
      <Breadcrumb />
      <span className="space" />
      <WithHost>
        <ConnectionState />
      </WithHost>
      <Button
        look="quiet"
        shortcut="Ctrl K"
        aria-label="Search or run a command"
        title="Search or run a command (Ctrl K)"
        onClick={() => openDialog({ kind: 'palette' })}
      >
        <IfRoom short={<SearchSign />}>Search or run a command</IfRoom>
      </Button>
      <ThemeButton />
      <Button look="quiet" shortcut="P" aria-label="Present" title="Present (P)" onClick={() => present(true)}>
        <IfRoom short="▷">Present</IfRoom>
      </Button>
      <RunControls />
      <PanelToggle panel="inspector" />
    </header>
  );
}

/** The words of a button, or a sign in a narrow window; its name says it in either case. */
function IfRoom({ short, children }: { short: ReactNode; children: ReactNode }) {
  return (
    <>
      <span className="if-wide">{children}</span>
      <span className="if-narrow" aria-hidden>
        {short}
      </span>
    </>
  );
}

/** Fonts have a magnifying glass that is too small to be seen, or none. */
function SearchSign() {
  return (
    <svg className="search-sign" viewBox="0 0 16 16" width="15" height="15">
      <circle cx="6.5" cy="6.5" r="4.5" />
      <path d="M10 10l4.5 4.5" />
    </svg>
  );
}

function Breadcrumb() {
  const workspace = useStudio(state => state.workspace?.name);
  const title = useStudio(openName);
  const run = useStudio(state => state.runId);
  const isDemo = useStudio(state => openItem(state)?.demo === true);
  const partOf = useStudio(state => openItem(state)?.partOf);
  return (
    <nav className="breadcrumb" aria-label="Breadcrumb">
      {workspace && <span>{workspace}</span>}
      {title !== undefined && <b>{title}</b>}
      {partOf !== undefined && (
        <WithHost>
          <span>
            <button
              type="button"
              className="link"
              title={`Open run ${partOf}, of which run ${run} is a part`}
              onClick={() => void openRun(partOf)}
            >
              part of run {partOf}
            </button>
          </span>
        </WithHost>
      )}
      {run !== undefined && <span>{isDemo ? `demo run ${run}` : `run ${run}`}</span>}
    </nav>
  );
}

function ThemeButton() {
  const theme = useStudio(state => state.theme);
  return (
    <Button
      look="quiet"
      aria-label={`Theme: ${theme}`}
      onClick={() => setTheme(NEXT_THEME[theme])}
      title="Switch between the system, light and dark theme"
    >
      <IfRoom short="◐">Theme: {theme}</IfRoom>
    </Button>
  );
}

/** The buttons that fit the state the run is in. */
function RunControls() {
  const run = useStudio(state => state.runId);
  const workflow = useStudio(state => state.workflow);
  const status = useStudio(state => state.progress?.status);
  const stopping = useStudio(stoppingAs);
  // What brings it on is an answer: resumed without one, it goes on waiting, or comes to its timeout.
  const isWaiting = useStudio(({ progress }) => progress?.rests === true && progress.waitsFor !== undefined);
  const failed = useStudio(state => state.progress?.failedBatches ?? 0);
  const cancelled = useStudio(state => state.progress?.batches.cancelled ?? 0);
  const isNearer = useStudio(isNextStepNearer);
  // Among demos the other button starts one.
  const isShowable = useStudio(state => workflow !== undefined && !showsDemos(state) && hasDemo(state, workflow));
  const again = workflow && (
    <StartButton look={run === undefined ? 'primary' : 'plain'} workflow={workflow}>
      {run === undefined ? 'Run' : 'Run again…'}
    </StartButton>
  );
  const demo = workflow && isShowable && (
    <StartDemoButton look="quiet" aria-label="Start demo" workflow={workflow}>
      <IfRoom short="Demo">Start demo</IfRoom>
    </StartDemoButton>
  );
  if (run === undefined || status === undefined)
    return (
      <>
        {demo}
        {again}
      </>
    );
  const text = rerunText(status, failed, cancelled);
  const resumable = status === 'interrupted' || status === 'paused';
  return (
    <>
      {status === 'running' && (
        <Button disabled={stopping !== undefined} onClick={() => void stopRun(run, 'paused')}>
          Pause
        </Button>
      )}
      {status === 'running' && (
        <Button disabled={stopping === 'cancelled'} onClick={askToCancel}>
          Cancel
        </Button>
      )}
      {status !== 'running' && demo}
      {status !== 'running' && again}
      {resumable && (
        <RunButton look={isWaiting ? 'plain' : 'primary'} onClick={() => void resumeRun(run)}>
          Resume
        </RunButton>
      )}
      {(failed > 0 || status === 'failed' || status === 'cancelled') && (
        <RunButton look={isNearer ? 'rerun' : 'danger'} onClick={() => askToRerun({ select: 'failed' }, text.what)}>
          {text.button}
        </RunButton>
      )}
    </>
  );
}
