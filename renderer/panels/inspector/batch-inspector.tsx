import { Fragment, useMemo } from 'react';
import type { AttemptRow, BatchDetail, GraphNode } from '../../../host/api/api.ts';
import { counted, duration, number } from '../../../common/format.ts';
import { findNode, titleOf } from '../../../common/graph-nodes.ts';
import { STATUS_NAMES } from '../../model/run-model.ts';
import { Button, Empty, Glyph } from '../../ui/parts.tsx';
import { askToRerun, goToFailed, inspect, openDialog, show } from '../../stores/actions.ts';
import { api } from '../../stores/session.ts';
import { useStudio } from '../../stores/studio.ts';
import { AttemptsView } from './attempts-view.tsx';
import { ErrorView } from './error-view.tsx';
import { InspectorFrame } from './frame.tsx';
import { InnerBatches } from './inner-batches.tsx';
import { StoredLogs } from './logs-view.tsx';
import { SourceView } from './source-view.tsx';
import { StateView } from './state-view.tsx';
import { useBatchStatus } from '../../hooks/use-batch-status.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Value } from './value.tsx';
import { RunButton } from '../../ui/run-button.tsx';

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
  const loaded = useLoad(
    async () => {
      const found = await api().findBatch({ run, node, index, parent });
      return found && (await api().getBatch({ run, scope: found.scope }));
    },
    [run, node, index, parent],
    status,
  );
  // The batch looked at before may still be here.
  if (loaded.state === 'loading' || (loaded.state === 'loaded' && loaded.value && loaded.value.batch.index !== index))
    return <Empty>Loading batch {index}…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  if (!loaded.value || !graph)
    return (
      <Empty>Batch {index} has not been cut yet: its items come when the batches before it are on their way.</Empty>
    );
  return (
    <Detail run={run} node={node} index={index} parent={parent} detail={loaded.value} total={total} status={status} />
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
}: Props & { detail: BatchDetail; total: number | undefined; status: number | undefined }) {
  const graph = useStudio(state => state.detail?.graph);
  const maps = useStudio(state => state.model?.maps);
  const { batch, error } = detail;
  const shown = status === undefined ? batch.status : (STATUS_NAMES[status] ?? batch.status);
  const session = detail.attempts.at(-1)?.session;
  const failing = detail.attempts.findLast(
    attempt => attempt.status === 'failed' && (!error?.step || attempt.path === error.step),
  );
  const results = useMemo(() => latestByStep(detail.attempts), [detail]);
  const output = results.findLast(attempt => attempt.outputSize !== undefined && attempt.status === 'succeeded');
  const version = `${batch.scope} ${status} ${detail.attempts.length}`;
  // A batch is run again with the outermost one that it stands in.
  const outermost = detail.around.find(around => around.parent === 0 && maps?.has(around.node));
  const where = { ranges: [[index, index] as [number, number]] };
  return (
    <InspectorFrame
      head={
        <>
          <Glyph status={shown} />
          Batch {number(index)}{' '}
          <small>
            {parent === undefined ? total === undefined ? '' : `of ${number(total)} · ` : <Around detail={detail} />}
            attempt {detail.attempt}
          </small>
        </>
      }
      tabs={{
        summary: () => <Summary detail={detail} run={run} />,
        input: () => (
          <Value
            label={`Items of batch ${index}`}
            ask={full => api().getItems({ run, scope: batch.scope, full })}
            of={[run, batch.scope, detail.attempt]}
          />
        ),
        ...(output && { output: () => <Outputs run={run} attempts={results} /> }),
        ...((failing?.error ?? error) && {
          error: () => (
            <ErrorView
              run={run}
              session={failing?.session ?? session}
              error={failing?.error ?? (error as NonNullable<typeof error>)}
              isPast={!error && shown === 'succeeded'}
            />
          ),
        }),
        logs: () => <StoredLogs run={run} scope={batch.scope} version={version} />,
        attempts: () => <Attempts detail={detail} />,
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
              look="danger"
              onClick={() =>
                askToRerun(
                  { node: outermost.path, select: { ranges: [[outermost.index, outermost.index]] } },
                  `batch ${outermost.index} of ${titleOf(graph, outermost.path)}`,
                )
              }
            >
              Re-run batch {number(outermost.index)} of {titleOf(graph, outermost.path)}
            </RunButton>
          )
        ) : (
          <>
            <RunButton
              look="danger"
              shortcut="R"
              onClick={() => askToRerun({ node: detail.path, select: where }, `batch ${index}`)}
            >
              Re-run batch
            </RunButton>
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

/** What a batch inside others stands in, outermost first, each to be looked at in turn. */
function Around({ detail }: { detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  if (!graph) return null;
  const around = detail.around.map(({ scope, node, path, index, parent }) => (
    <Fragment key={scope}>
      in{' '}
      {findNode(graph.nodes, path)?.kind === 'while' ? (
        `round ${number(index)} of ${titleOf(graph, path)}`
      ) : (
        <button
          type="button"
          className="link"
          onClick={() => inspect({ kind: 'batch', node, index, ...(parent !== 0 && { parent }) })}
        >
          {titleOf(graph, path)} #{number(index)}
        </button>
      )}
      {' · '}
    </Fragment>
  ));
  return (
    <>
      of {titleOf(graph, detail.path)} {around}
    </>
  );
}

function Summary({ detail, run }: { detail: BatchDetail; run: number }) {
  const graph = useStudio(state => state.detail?.graph);
  if (!graph) return null;
  const { batch, error, attempts } = detail;
  const body = findNode(graph.nodes, detail.path)?.body;
  const steps = body?.drawn ? flat(body.nodes) : [];
  const latest = new Map(latestByStep(attempts).map(attempt => [attempt.path, attempt]));
  return (
    <>
      <p className="numbers">
        {counted(batch.items, ['item', 'items'])}
        {batch.startedAt !== undefined && batch.endedAt !== undefined
          ? ` · ${duration(batch.endedAt - batch.startedAt)}`
          : ''}
      </p>
      {error && <p className="inspector-note error">{error.explain ?? error.message}</p>}
      <h3 className="label">Steps</h3>
      <ul className="steps">
        {(steps.length > 0 ? steps.map(({ path }) => path) : [...latest.keys()]).map(path => {
          const attempt = latest.get(path);
          return (
            <li key={path}>
              {attempt ? <Glyph status={attempt.status} /> : <Glyph status="waiting" silent />}
              <span className={attempt ? '' : 'muted'}>{titleOf(graph, path)}</span>
              <span className="muted numbers">
                {!attempt
                  ? 'not reached'
                  : attempt.endedAt === undefined
                    ? 'running'
                    : duration(attempt.endedAt - attempt.startedAt)}
              </span>
            </li>
          );
        })}
      </ul>
      {detail.inner.map(inner => (
        <InnerBatches
          key={inner.node}
          run={run}
          scope={batch.scope}
          node={inner.node}
          title={titleOf(graph, inner.path)}
          counts={inner.batches}
        />
      ))}
    </>
  );
}

/** The output of each step of the batch, one at a time. */
function Outputs({ run, attempts }: { run: number; attempts: readonly AttemptRow[] }) {
  const graph = useStudio(state => state.detail?.graph);
  const kept = attempts.filter(
    attempt => attempt.status === 'succeeded' && attempt.outputSize !== undefined && attempt.outputSize > 4,
  );
  if (kept.length === 0 || !graph) return <Empty>The steps of this batch returned nothing.</Empty>;
  return (
    <div className="outputs">
      {kept.toReversed().map((attempt, at) => (
        <details key={`${attempt.node}`} open={at === 0}>
          <summary>
            {titleOf(graph, attempt.path)}{' '}
            <small className="muted numbers">{number(attempt.outputSize ?? 0)} characters</small>
          </summary>
          <Value
            label={`Output of ${titleOf(graph, attempt.path)}`}
            ask={full =>
              api().getOutput({ run, scope: attempt.scope, node: attempt.node, attempt: attempt.attempt, full })
            }
            of={[run, attempt.scope, attempt.node, attempt.attempt]}
          />
        </details>
      ))}
    </div>
  );
}

function Attempts({ detail }: { detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  const numbers = [...new Set(detail.attempts.map(attempt => attempt.batchAttempt))];
  return (
    <>
      {numbers.map(number => (
        <section key={number}>
          <h3 className="label">
            {number === detail.attempt
              ? `Batch attempt ${number}, the latest`
              : `Batch attempt ${number}: ${detail.earlierAttempts.find(other => other.attempt === number)?.status ?? ''}`}
          </h3>
          {[
            ...new Set(detail.attempts.filter(attempt => attempt.batchAttempt === number).map(attempt => attempt.path)),
          ].map(path => (
            <div key={path}>
              <p>{graph && titleOf(graph, path)}</p>
              <AttemptsView
                attempts={detail.attempts.filter(attempt => attempt.batchAttempt === number && attempt.path === path)}
              />
            </div>
          ))}
        </section>
      ))}
      <p className="muted">
        Attempts are added, never overwritten.{' '}
        <button
          type="button"
          className="button small"
          onClick={() => {
            show('compare');
            inspect({ kind: 'batch', node: detail.batch.node, index: detail.batch.index });
          }}
        >
          Side by side
        </button>
      </p>
    </>
  );
}

/** Of each step the attempt that counts: the latest. In the order in which they ran. */
function latestByStep(attempts: readonly AttemptRow[]): AttemptRow[] {
  const latest = new Map<string, AttemptRow>();
  for (const attempt of attempts) {
    const known = latest.get(attempt.path);
    if (!known || known.attempt < attempt.attempt) latest.set(attempt.path, attempt);
  }
  return [...latest.values()].toSorted((a, b) => a.startedAt - b.startedAt);
}

function flat(nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.flatMap(node =>
    node.kind === 'if' ? [node, ...flat(node.branches?.flatMap(branch => branch.nodes) ?? [])] : [node],
  );
}
