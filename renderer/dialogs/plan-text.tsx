import { plannedEffectsText } from '../../common/effects.ts';
import { BATCH, counted, ITEM, rangesText } from '../../common/format.ts';
import { unitOf } from '../../common/graph-nodes.ts';
import type { RerunReport } from '../../host/api/api.ts';
import { useNodeTitle } from '../hooks/use-todays-graph.ts';
import { label } from '../model/shown-text.ts';
import { useStudio } from '../stores/studio.ts';
import { PlanRows, Row } from './plan-rows.tsx';

const MOST_NAMES = 10;

function MovedText({ moved: { path, items, names } }: { moved: RerunReport['setAside'][number] }) {
  const graph = useStudio(state => state.detail?.graph);
  const titleLabel = useNodeTitle();
  const shown = names.slice(0, MOST_NAMES).map(name => label(name, 80));
  return (
    <>
      {counted(items, graph ? unitOf(graph, path) : ITEM)} of {titleLabel(path)}: {shown.join(', ')}
      {items > shown.length && ', …'}
    </>
  );
}

/** What a re-run does, before it does it. @param hasOtherItems Whether its batch gets items that were edited */
export function PlanText({ report, hasOtherItems }: { report: RerunReport; hasOtherItems: boolean }) {
  const titleLabel = useNodeTitle();
  return (
    <dl>
      {report.nodes.map(({ path, batches, indices }) => (
        <Row key={path} term="Re-runs">
          {counted(batches, BATCH)} of {titleLabel(path)}: {rangesText(indices, { between: ', ', dash: '–' })}
        </Row>
      ))}
      {report.waiting.map(({ path, batches }) => (
        <Row key={path} term="Goes on with">
          {counted(batches, BATCH)} of {titleLabel(path)} that had not finished
        </Row>
      ))}
      {report.setAside.map(moved => (
        <Row key={moved.path} term="Sets aside">
          <MovedText moved={moved} />
        </Row>
      ))}
      {report.takenIn.map(moved => (
        <Row key={moved.path} term="Takes back in">
          <MovedText moved={moved} />
        </Row>
      ))}
      {hasOtherItems && <Row term="Items">as you edited them</Row>}
      {report.steps.map(step => (
        <Row key={step} term="Re-runs step">
          {titleLabel(step)}
        </Row>
      ))}
      <Row term="Reuses">
        {counted(report.reused.batches, BATCH)} that succeeded
        {report.reused.steps > 0 &&
          `, and ${counted(report.reused.steps, ['step', 'steps'])} inside the batches that run again`}
      </Row>
      {report.repeats.length > 0 && <Row term="Repeats later steps">{report.repeats.map(titleLabel).join(', ')}</Row>}
      {report.effects.map(effects => (
        <Row key={`${effects.path} ${effects.unit[0]}`} term="Effects">
          {titleLabel(effects.path)}: {plannedEffectsText(effects)}
          {effects.unknown > 0 &&
            (effects.unknown === 1
              ? '. It was cut off: say in the inspector (Effects) whether it was done.'
              : '. They were cut off: say in the inspector (Effects) whether they were done.')}
        </Row>
      ))}
      <PlanRows report={report} does="re-run" />
      <Row term="Attempts">New attempts are added to this run. Nothing is overwritten.</Row>
    </dl>
  );
}
