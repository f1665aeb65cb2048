import type { Progress, RunDetail } from '../../../host/api/api.ts';
import { stations } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { AmountsSum, hasAmounts } from './amounts-sum.tsx';
import { Announcer } from './announcer.tsx';
import { Arc } from './arc.tsx';
import { AtFaultNow, Causes } from './causes.tsx';
import { LostUpdates, Once, PayOffCard, QueuedReruns } from './cards.tsx';
import { Decisions } from './decisions.tsx';
import { Disc } from './disc.tsx';
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
  const meaning = text.meaning[kind](figures).join(' ');
  const isInAmounts = hasAmounts(graph);
  const isRunning = progress.status === 'running';
  const isAtRest = kind === 'failed' || kind === 'changed' || kind === 'partly' || kind === 'set-aside';
  return (
    <>
      <header>
        <b className="present-name">{detail.item.name}</b>
        <Stations stations={stations(graph, progress)} />
      </header>
      <div className={`present-stage ${map ? 'with-map' : ''}`}>
        <section className={`present-say is-${kind}`}>
          <p className={`present-badge is-${kind}`}>
            <Disc kind={kind} />
            {text.badge[kind](since)}
          </p>
          <h1 aria-live="off">{text.headline[kind](figures)}</h1>
          {meaning !== '' && <p className="present-meaning">{meaning}</p>}
          <Announcer figures={figures} />
          {stage.isOnce !== undefined && <Once stage={stage} />}
          {isRunning && <Arc figures={figures} startedAt={progress.startedAt} />}
          {kind === 'corrected' ? <AtFaultNow /> : <Sum figures={figures} hasBar={isRunning || !isInAmounts} />}
          <AmountsSum />
          {kind === 'done' && <PayOffCard most={4} />}
          {kind === 'set-aside' && <PayOffCard most={3} />}
          {isAtRest && <Causes map={map} isKnown={figures.fault !== undefined} hasNames={!isInAmounts} />}
          <Decisions />
          <LostUpdates />
          <QueuedReruns />
          <StageButton stage={stage} />
        </section>
        {map && (
          <SquareMap
            map={map}
            graph={graph}
            figures={figures}
            repaired={stage.repaired}
            isCorrected={kind === 'corrected'}
          />
        )}
      </div>
    </>
  );
}
