import { useMemo } from 'react';
import type { Graph, Progress, RunDetail } from '../../../host/api/api.ts';
import { figuresOf, mappedNode, stageAction, stageKind, stations } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { present } from '../../stores/actions.ts';
import { stoppingAs, useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../header/notice.tsx';
import { Announcer } from './announcer.tsx';
import { BeforeStage } from './before-stage.tsx';
import { AtFault, Causes } from './causes.tsx';
import { Disc } from './disc.tsx';
import { LostUpdates, PayOffCard, QueuedReruns, Repeated } from './cards.tsx';
import { SquareMap } from './square-map.tsx';
import { Stations } from './stations.tsx';
import { StageButton } from './stage-button.tsx';
import { Amounts } from '../../ui/amounts.tsx';
import { Sum } from './sum.tsx';
import './presentation.css';

/** The run for people who do not code, sized for a projector: what happened, what it means, and who can do what. */
export function Presentation() {
  const text = usePresentationText();
  const progress = useStudio(state => state.progress);
  const detail = useStudio(state => state.detail);
  return (
    <main className="present" lang={text.wording.locale} aria-label={text.name}>
      <div className="present-notice">
        <Notice />
      </div>
      {progress && detail ? <RunStage progress={progress} detail={detail} /> : <BeforeStage />}
      <footer>
        <span>{progress && text.started(progress.startedAt)}</span>
        <Button look="quiet" shortcut="Esc" onClick={() => present(false)}>
          {text.close}
        </Button>
      </footer>
    </main>
  );
}

function RunStage({ progress, detail }: { progress: Progress; detail: RunDetail }) {
  const text = usePresentationText();
  const { graph } = detail;
  const kind = stageKind(progress, detail.codeChanged);
  const figures = figuresOf(text, progress, graph, detail.error?.step);
  const action = stageAction(kind, detail.codeChanged, progress.failedBatches > 0);
  const stopping = useStudio(stoppingAs);
  const map = useMapped(graph, progress);
  return (
    <>
      <header>
        <b className="present-name">{detail.item.name}</b>
        <Stations stations={stations(graph, progress)} />
      </header>
      <div className={`present-stage ${map ? 'with-map' : ''}`}>
        <section className="present-say">
          <p className={`present-badge is-${kind}`}>
            <Disc kind={kind} />
            {text.badge[kind]}
          </p>
          <h1 aria-live="off">{stopping ? text.stopping.headline[stopping] : text.headline[kind](figures)}</h1>
          <p className="present-meaning">{stopping ? text.stopping.meaning : text.meaning[kind](figures).join(' ')}</p>
          <Announcer figures={figures} />
          <Sum figures={figures} />
          <Amounts />
          {kind === 'done' && map && <Repeated map={map} />}
          {(kind === 'done' || kind === 'set-aside') && <PayOffCard />}
          <Causes map={map} />
          <AtFault />
          <LostUpdates />
          <QueuedReruns />
          <StageButton kind={kind} action={action} map={map} />
        </section>
        {map && <SquareMap map={map} graph={graph} />}
      </div>
    </>
  );
}

function useMapped(graph: Graph, progress: Progress) {
  return useMemo(() => mappedNode(graph, progress), [graph, progress]);
}
