import { batchName, titledBatch } from '../../model/batch-name.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { titleLabel } from '../../model/shown-text.ts';
import { useMemo } from 'react';
import type { BatchDetail } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { findNode } from '../../../common/graph-nodes.ts';
import { batchStatusName, isInFlight } from '../../../common/status.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { askToRerun, goToFailed, openDialog, show } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { cancelBatch } from '../../stores/cancel-batch.ts';
import { useStudio } from '../../stores/studio.ts';
import { retriesText } from '../../model/retry-text.ts';
import { EffectsView } from './effects-view.tsx';
import { ErrorView } from './error-view.tsx';
import { ItemsView } from './items/items-view.tsx';
import { InspectorFrame } from './inspector-frame.tsx';
import { StoredLogs } from './stored-logs.tsx';
import { SourceView } from './source-view.tsx';
import { StateView } from './state-view.tsx';
import { useBatchStatus } from '../../hooks/use-batch-status.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useRefresh } from '../../hooks/use-refresh.ts';
import { ParentBatches } from './parent-batches.tsx';
import { BatchSummary } from './batch-summary.tsx';
import { BatchOutputs } from './batch-outputs.tsx';
import { BatchAttempts } from './batch-attempts.tsx';
import { markedItems } from '../../model/items/at-fault.ts';
import { WhyNotRunning } from '../why/why-not-running.tsx';
import { FindInBatch } from './find-in-batch.tsx';
import { latestByStep } from '../../model/latest-by-step.ts';

interface Props {
  readonly run: number;
  readonly node: number;
  readonly index: number;
  /** The scope it stands in, when that is another batch. */
  readonly parent: number | undefined;
}

/** One batch: what went in, what each step made of it, why it failed, what was said, all its attempts. */
export function BatchInspector({ run, node, index, parent }: Props) {
  const graph = useStudio(state => state.detail?.graph);
  const total = useStudio(state => state.progress?.nodes.find(other => other.node === node)?.batches.total);
  const status = useBatchStatus(node, index, parent);
  // Its steps begin and end while its status stays. Of one inside another batch the page does not know the status.
  const refresh = useRefresh(status === undefined || isInFlight(status));
  const version = `${status} ${refresh}`;
  const loaded = useLoad(
    async () => {
      const found = await api().findBatch({ run, node, index, parent });
      return found && (await api().getBatch({ run, scope: found.scope }));
    },
    [run, node, index, parent],
    version,
  );
  // The batch looked at before may still be here.
  if (loaded.state === 'loading' || (loaded.state === 'loaded' && loaded.value && loaded.value.batch.index !== index))
    return <Empty>Loading batch {index}…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  if (!loaded.value || !graph)
    return <Empty>Batch {index} is not created yet. It is created when the batches before it have started.</Empty>;
  return (
    <Detail
      run={run}
      node={node}
      index={index}
      parent={parent}
      detail={loaded.value}
      total={total}
      status={status}
      version={version}
    />
  );
}

function Detail({
  run,
  node,
  index,
  parent,
  detail,
  total,
  status,
  version,
}: Props & { detail: BatchDetail; total: number | undefined; status: number | undefined; version: string }) {
  const graph = useStudio(state => state.detail?.graph);
  const maps = useStudio(state => state.model?.maps);
  const isSelected = useStudio(state => state.selection !== undefined);
  const isRunning = useStudio(state => state.progress?.status === 'running');
  const { batch, error } = detail;
  const shown = status === undefined ? batch.status : batchStatusName(status);
  const session = detail.attempts.at(-1)?.session;
  const failing = detail.attempts.findLast(
    attempt => attempt.status === 'failed' && (!error?.step || attempt.path === error.step),
  );
  const results = useMemo(() => latestByStep(detail.attempts), [detail]);
  const output = results.findLast(attempt => attempt.outputSize !== undefined && attempt.status === 'succeeded');
  // A batch is run again with the outermost one that it stands in.
  const outermost = detail.around.find(around => around.parent === 0 && maps?.has(around.node));
  const findings = useStudio(state => state.findings);
  const check = useStudio(state => state.check);
  const shownItem = useStudio(state => state.shownItem);
  const itemsAtFault = useMemo(
    () => markedItems(findings?.items ?? [], batch.scope, check),
    [findings, batch.scope, check],
  );
  // A batch that failed only with batches inside it is searched in those.
  const isSearchable = shown === 'failed' && error?.name !== 'BatchesFailed' && batch.items > 0;
  const where = { ranges: [[index, index] as [number, number]] };
  return (
    <InspectorFrame
      head={
        <>
          <Glyph status={shown} />
          {titledBatch(index, batch.label)}{' '}
          <small>
            {parent === undefined ? (
              total === undefined ? (
                ''
              ) : (
                `of ${number(total)} · `
              )
            ) : (
              <ParentBatches detail={detail} />
            )}
            batch attempt {detail.attempt}
            {batch.retries > 0 ? ` · ${retriesText(batch.retries)}` : ''}
          </small>
        </>
      }
      tabs={{
        summary: () => (
          <>
            <WhyNotRunning detail={detail} status={shown} />
            <BatchSummary detail={detail} run={run} />
          </>
        ),
        input: () => (
          <>
            {isSearchable && <FindInBatch path={detail.path} index={index} scope={batch.scope} />}
            <ItemsView
              run={run}
              scope={batch.scope}
              attempt={detail.attempt}
              batch={parent === undefined ? { node, index } : undefined}
              label={`Items of ${batchName(index, batch.label)}`}
              itemsAtFault={itemsAtFault}
              shownItem={shownItem?.scope === batch.scope ? shownItem.item : undefined}
            />
          </>
        ),
        ...(output && { output: () => <BatchOutputs run={run} attempts={results} /> }),
        ...((failing?.error ?? error) && {
          error: () => (
            <>
              {isSearchable && <FindInBatch path={detail.path} index={index} scope={batch.scope} />}
              <ErrorView
                run={run}
                session={failing?.session ?? session}
                error={errorToShow(failing?.error, error) as NonNullable<typeof error>}
                isPast={!error && shown === 'succeeded'}
                scope={batch.scope}
              />
            </>
          ),
        }),
        logs: () => <StoredLogs run={run} scope={batch.scope} version={version} />,
        attempts: () => (
          <>
            <WhyNotRunning detail={detail} status={shown} />
            <BatchAttempts detail={detail} />
          </>
        ),
        ...(detail.effects > 0 && {
          effects: () => <EffectsView run={run} scope={batch.scope} version={version} />,
        }),
        state: () => <StateView run={run} version={version} />,
        source: () => (
          <SourceView
            run={run}
            session={session}
            at={failing?.error?.at ?? (graph && findNode(graph.nodes, detail.path)?.at)}
          />
        ),
      }}
      actions={
        parent !== undefined ? (
          outermost &&
          graph && (
            <RunButton
              look="rerun"
              onClick={() =>
                askToRerun(
                  { node: outermost.path, select: { ranges: [[outermost.index, outermost.index]] } },
                  `batch ${outermost.index} of ${titleLabel(graph, outermost.path)}`,
                )
              }
            >
              Re-run batch {number(outermost.index)} of {titleLabel(graph, outermost.path)}
            </RunButton>
          )
        ) : (
          <>
            <RunButton
              look="rerun"
              shortcut={isSelected ? undefined : 'R'}
              onClick={() => askToRerun({ node: detail.path, select: where }, batchName(index, batch.label))}
            >
              Re-run batch
            </RunButton>
            {isRunning && UNFINISHED.has(batch.status) && (
              <Button onClick={() => void cancelBatch(run, batch.scope)}>Cancel this batch</Button>
            )}
            <RunButton onClick={() => openDialog({ kind: 'edit-items', node, index })}>Edit items…</RunButton>
            {detail.earlierAttempts.length > 0 && <Button onClick={() => show('compare')}>Compare</Button>}
            <Button
              look="quiet"
              small
              title="Previous failed batch, ["
              aria-label="Previous failed batch"
              onClick={() => void goToFailed('previous')}
            >
              ‹
            </Button>
            <Button
              look="quiet"
              small
              title="Next failed batch, ]"
              aria-label="Next failed batch"
              onClick={() => void goToFailed('next')}
            >
              ›
            </Button>
          </>
        )
      }
    />
  );
}

/** It runs, or will without being asked. */
const UNFINISHED: ReadonlySet<string> = new Set(['running', 'retrying', 'waiting']);

/** The step's error has the stack; the `explain` of the batch node stands with the batch's. */
function errorToShow(ofStep: BatchDetail['error'], ofBatch: BatchDetail['error']): BatchDetail['error'] {
  return ofStep ? { ...ofStep, explain: ofStep.explain ?? ofBatch?.explain } : ofBatch;
}
