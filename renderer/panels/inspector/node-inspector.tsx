import { cacheText } from '../../model/cache-text.ts';
import { pathsAround } from '../../../common/node-paths.ts';
import { RunButton } from '../../ui/run-button.tsx';
import type { GraphNode } from '../../../host/api/api.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { label, locationLabel, titleLabel } from '../../model/shown-text.ts';
import { BATCH, counted, equation, number } from '../../../common/format.ts';
import { findNode, unitOf } from '../../../common/graph-nodes.ts';
import { hasBatches, isSubflow } from '../../../common/node-kinds.ts';
import { Amounts } from '../../ui/amounts.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { failedSelection } from '../../model/selection.ts';
import { askToRerun, openInEditor, select } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { TimesOfStep } from '../times/step-times.tsx';
import { EffectsView } from './effects-view.tsx';
import { ErrorView } from './error-view.tsx';
import { PartList } from './part-list.tsx';
import { InspectorFrame } from './inspector-frame.tsx';
import { StoredLogs } from './stored-logs.tsx';
import { SourceView } from './source-view.tsx';
import { GLYPH } from '../../../common/status.ts';
import { retriesText, retryingText } from '../../model/retry-text.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Value } from '../../ui/value.tsx';
import { Waterfall } from '../../ui/waterfall/waterfall.tsx';
import { WithHost } from '../../ui/with-host.tsx';

/** A node of the graph: a step of the workflow itself with its attempts, or a batch node with its counts. */
export function NodeInspector({ run, path }: { run: number; path: string }) {
  const graph = useStudio(state => state.detail?.graph);
  const session = useStudio(state => state.detail?.sessions.at(-1)?.session);
  const version = useStudio(
    state => `${state.progress?.status} ${JSON.stringify(state.progress?.steps.find(step => step.path === path))}`,
  );
  const node = graph && findNode(graph.nodes, path);
  const isBatchNode = node !== undefined && hasBatches(node.kind);
  const isInside = graph !== undefined && isInBatch(graph.nodes, path);
  const loaded = useLoad(
    isBatchNode || isInside ? undefined : () => api().getStep({ run, path }),
    [run, path],
    version,
  );
  if (!graph || !node) return <Empty>This step is not in the graph.</Empty>;
  // Those of the step that was shown before may still be here.
  const attempts = loaded.state === 'loaded' ? loaded.value.attempts.filter(attempt => attempt.path === path) : [];
  const hasEffects = attempts.length > 0 && loaded.state === 'loaded' && loaded.value.effects > 0;
  const latest = attempts.at(-1);
  const kept = attempts.findLast(attempt => attempt.outputSize !== undefined);
  return (
    <InspectorFrame
      head={
        <>
          {titleLabel(graph, path)} <small>{node.kind}</small>
        </>
      }
      tabs={{
        summary: () => <Summary node={node} isInside={isInside} />,
        ...(kept && {
          output: () => (
            <>
              {kept.cachedRun !== undefined && <p className="muted">Given {cacheText(kept)}</p>}
              <Value
                label="Output"
                load={full => api().getOutput({ run, scope: kept.scope, node: kept.node, attempt: kept.attempt, full })}
                subject={[run, path, kept.attempt]}
              />
            </>
          ),
        }),
        ...(latest?.error && {
          error: () => (
            <ErrorView run={run} session={latest.session} error={latest.error as NonNullable<typeof latest.error>} />
          ),
        }),
        ...(latest && {
          logs: () => <StoredLogs run={run} scope={latest.scope} node={latest.node} version={version} />,
          attempts: () => <Waterfall attempts={attempts} path={path} />,
        }),
        ...(hasEffects && {
          effects: () => <EffectsView run={run} scope={0} path={path} version={version} />,
        }),
        source: () => <SourceView run={run} session={session} at={node.at} />,
      }}
      actions={<Actions node={node} isBatch={isBatchNode} isInside={isInside} />}
    />
  );
}

function Summary({ node, isInside }: { node: GraphNode; isInside: boolean }) {
  const graph = useStudio(state => state.detail?.graph);
  const run = useStudio(state => state.runId);
  const counts = useStudio(state => state.progress?.nodes.find(other => other.path === node.path));
  const step = useStudio(state => state.progress?.steps.find(other => other.path === node.path));
  const now = useNow(step !== undefined && step.retrying > 0);
  const settings = Object.entries(node.settings ?? {}).filter(([, value]) => typeof value !== 'object');
  return (
    <>
      {node.description && <p>{node.description}</p>}
      {counts && graph && (
        <div className="inspector-node">
          <Bar counts={counts.items} isOpenEnded={!counts.complete} />
          <small className="numbers">{equation(counts.items, unitOf(graph, node.path), counts.complete)}</small>
          <small>
            <Amounts path={node.path} />
          </small>
          <small className="numbers">{equation(counts.batches, BATCH, counts.complete)}</small>
        </div>
      )}
      {step && isInside && (
        <p className="numbers">
          {counted(step.succeeded, BATCH)} done, {number(step.running)} running, {number(step.failed)} failed
        </p>
      )}
      {isInside && <TimesOfStep path={node.path} />}
      {step && step.retrying > 0 && (
        <p className="numbers tone-retrying">
          <span aria-hidden>{GLYPH.retrying} </span>
          {retryingText(step.retrying, step.nextAt, now)}
        </p>
      )}
      {step && step.retries > 0 && <p className="numbers">{retriesText(step.retries)}</p>}
      {isSubflow(node.kind) && run !== undefined && <PartList run={run} path={node.path} />}
      {!counts && !step && <p className="muted">Not reached yet.</p>}
      {settings.length > 0 && (
        <dl className="settings">
          {settings.map(([key, value]) => (
            <Setting key={key} name={key} value={label(String(value), 300)} />
          ))}
        </dl>
      )}
      {node.at && <p className="muted">{locationLabel(node.at)}</p>}
    </>
  );
}

function Setting({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Actions({ node, isBatch, isInside }: { node: GraphNode; isBatch: boolean; isInside: boolean }) {
  const progress = useStudio(state => state.progress?.nodes.find(other => other.path === node.path));
  const hasMap = useStudio(state => progress !== undefined && state.model?.maps.has(progress.node) === true);
  const failed = progress?.batches.failed ?? 0;
  return (
    <>
      {isBatch && failed > 0 && (
        <RunButton
          look="rerun"
          onClick={() =>
            askToRerun(
              { node: node.path, select: 'failed' },
              `the ${number(failed)} failed batches of ${titleFor(node)}`,
            )
          }
        >
          Re-run failed ({number(failed)})
        </RunButton>
      )}
      {isBatch && hasMap && progress && failed > 0 && (
        <Button onClick={() => select(failedSelection(progress.node, node.path, failed))}>Select failed</Button>
      )}
      {!isBatch && !isInside && (
        <RunButton
          onClick={() => askToRerun({ node: node.path, select: 'all' }, `everything from ${titleFor(node)} onwards`)}
        >
          Re-run from here…
        </RunButton>
      )}
      {node.at && (
        <WithHost>
          <Button onClick={() => void openInEditor(node.at?.file ?? '', node.at?.line)}>Open in editor</Button>
        </WithHost>
      )}
    </>
  );
}

/** Whether a path leads into a batch or forEach: its step then has as many results as there are batches. */
function isInBatch(nodes: readonly GraphNode[], path: string): boolean {
  return [...pathsAround(path)].some(outer => {
    const around = findNode(nodes, outer);
    return around !== undefined && hasBatches(around.kind);
  });
}
