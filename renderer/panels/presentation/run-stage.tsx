import type { Progress, RunDetail } from '../../../host/api/api.ts';
import { chapterOf, viewOf } from '../../model/presentation/chapters.ts';
import { stations } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { usePresenting } from '../../stores/presenting.ts';
import { AmountsSum, hasAmounts } from './amounts-sum.tsx';
import { Announcer } from './announcer.tsx';
import { Arc } from './arc.tsx';
import { AtFaultNow, Causes } from './causes.tsx';
import { LostUpdates, Once, PayOffCard, QueuedReruns } from './cards.tsx';
import { Decisions } from './decisions.tsx';
import { Disc } from './disc.tsx';
import { Frame } from './frame.tsx';
import { SquareMap } from './square-map.tsx';
import { StageButton } from './stage-button.tsx';
import { Stations } from './stations.tsx';
import { Sum } from './sum.tsx';
import { useStage } from './use-stage.ts';

/** A run: words on the left, and on the right the map, which stays where it is while the words change. */
export function RunStage({ progress, detail }: { readonly progress: Progress; readonly detail: RunDetail }) {
  const text = usePresentationText();
  const { graph } = detail;
  const stage = useStage(progress, detail);
  const { kind, figures, map, since } = stage;
  const chapter = usePresenting(state => state.chapter) ?? chapterOf(kind, stage.repaired.size > 0);
  const view = viewOf(kind, chapter);
  const isInAmounts = hasAmounts(graph);
  const isRunning = progress.status === 'running';
  const badge = text.badge[kind](since);
  const headline = text.headline[view.says](figures);
  const meaning = view.hasMeaning ? text.meaning[view.says](figures).join(' ') : '';
  return (
    <Frame chapter={chapter} onScreen={{ kind, badge, headline, meaning, figures }}>
      <header>
        <b className="present-name">{detail.item.name}</b>
        <Stations stations={stations(graph, progress)} />
      </header>
      <div className={`present-stage ${map ? 'with-map' : ''}`}>
        <section className={`present-say is-${kind}`}>
          <p className={`present-badge is-${kind}`}>
            <Disc kind={kind} />
            {badge}
          </p>
          <h1 aria-live="off">{headline}</h1>
          {meaning !== '' && <p className="present-meaning">{meaning}</p>}
          <Announcer figures={figures} />
          {stage.isOnce !== undefined && <Once stage={stage} />}
          {isRunning && <Arc figures={figures} startedAt={progress.startedAt} />}
          {view.says === 'corrected' && <AtFaultNow />}
          {view.says !== 'corrected' && (isRunning || !isInAmounts) && (
            <Sum figures={figures} hasBar={!isRunning && kind !== 'set-aside'} />
          )}
          <AmountsSum />
          {kind === 'done' && <PayOffCard most={4} />}
          {kind === 'set-aside' && <PayOffCard most={3} />}
          {view.hasCauses && <Causes map={map} isKnown={figures.fault !== undefined} hasNames={!isInAmounts} />}
          <Decisions />
          <LostUpdates />
          <QueuedReruns />
          {view.hasCan && <StageButton stage={stage} />}
        </section>
        {map && (
          <SquareMap
            map={map}
            graph={graph}
            figures={figures}
            repaired={stage.repaired}
            isTested={view.says === 'corrected' || view.says === 'partly'}
          />
        )}
      </div>
    </Frame>
  );
}
