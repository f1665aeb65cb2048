import { label, titleLabel } from '../../model/shown-text.ts';
import { itemsSetAside } from '../../../common/run-summary.ts';
import { clock, duration, equation } from '../../../common/format.ts';
import { unitOf } from '../../../common/graph-nodes.ts';
import { Bar } from '../../ui/bar.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { inspect } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { ErrorView } from './error-view.tsx';
import { WhatIsLeft } from '../why/what-is-left.tsx';
import { InspectorFrame } from './inspector-frame.tsx';
import { StoredLogs } from './stored-logs.tsx';
import { SetAsideView } from './set-aside-view.tsx';
import { SourceView } from './source-view.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import { SharedStateView } from './shared-state-view.tsx';
import { StateView } from './state-view.tsx';
import { Value } from '../../ui/value.tsx';

export function RunInspector({ run }: { run: number }) {
  const detail = useStudio(state => state.detail);
  const status = useStudio(state => state.progress?.status);
  const ended = useStudio(state =>
    state.progress ? state.progress.batches.succeeded + state.progress.batches.failed : 0,
  );
  const aside = useStudio(state => itemsSetAside(state.progress?.nodes ?? []));
  if (!detail || !status) return null;
  const session = detail.sessions.at(-1)?.session;
  const version = `${status} ${ended}`;
  return (
    <InspectorFrame
      head={
        <>
          <Glyph status={status} />
          Run {run} <small>{detail.item.name}</small>
        </>
      }
      tabs={{
        summary: () => <Summary />,
        input: () => <Value label="Payload" load={full => api().getPayload({ run, full })} subject={[run]} />,
        output: () => (
          <Value
            label="Result"
            load={full => api().getResult({ run, full })}
            subject={[run, status]}
            none="No result yet. The result is what the last step returns."
          />
        ),
        ...(detail.error && {
          error: () => (
            <ErrorView run={run} session={session} error={detail.error as NonNullable<typeof detail.error>} />
          ),
        }),
        ...(aside > 0 && { aside: () => <SetAsideView run={run} version={`${version} ${aside}`} /> }),
        logs: () => <StoredLogs run={run} version={version} />,
        state: () => (
          <>
            <StateView run={run} version={version} />
            <WithHost>
              <SharedStateView run={run} version={version} />
            </WithHost>
          </>
        ),
        source: () => <SourceView run={run} session={session} at={detail.graph.at} />,
      }}
    />
  );
}

function Summary() {
  const detail = useStudio(state => state.detail);
  const progress = useStudio(state => state.progress);
  if (!detail || !progress) return null;
  return (
    <>
      {progress.reason && <p className="inspector-note">{progress.reason}</p>}
      {detail.codeChanged && (
        <p className="inspector-note">The code has changed since this run. A re-run uses the new code.</p>
      )}
      {progress.nodes.map(node => (
        <button
          key={node.node}
          type="button"
          className="inspector-node"
          onClick={() => inspect({ kind: 'node', path: node.path })}
        >
          <span>{titleLabel(detail.graph, node.path)}</span>
          <Bar counts={node.items} isOpenEnded={!node.complete} />
          <small className="numbers">{equation(node.items, unitOf(detail.graph, node.path), node.complete)}</small>
          <WhatIsLeft node={node.node} />
        </button>
      ))}
      <h3 className="label">Sessions</h3>
      <ol className="sessions">
        {detail.sessions.map(({ session, kind, startedAt, endedAt, outcome, codeHash, who, what, correctedBy }) => (
          <li key={session}>
            <b>{{ start: 'Started', resume: 'Resumed', rerun: 'Re-run' }[kind]}</b>{' '}
            <span className="numbers">{clock(startedAt)}</span>
            {who !== undefined && ` by ${label(who)}`}
            <small>
              {what}
              {correctedBy !== undefined && ` by ${label(correctedBy, 100)}`}
              {what !== undefined && ' · '}
              {outcome ?? 'running'}
              {endedAt === undefined ? '' : ` · ${duration(endedAt - startedAt)}`} · code{' '}
              <code>{codeHash.slice(0, 7)}</code>
            </small>
          </li>
        ))}
      </ol>
    </>
  );
}
