import { useMemo } from 'react';
import type { FailureCause, LostUpdate } from '../../../host/api/api.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import type { RunStatus } from '../../../common/status.ts';
import { BATCH, counted, LOST_UPDATE, number } from '../../../common/format.ts';
import { itemsSetAside } from '../../../common/run-summary.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { CauseMessage } from '../../ui/cause-message.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { isCause, mapAround, textOfCause } from '../../model/selection.ts';
import { askToRerun, chooseCause, inspect, lookAtCause } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { itemsBehind, itemsOfCause } from '../../model/items/at-fault.ts';
import { EditorLink } from '../../ui/editor-link.tsx';
import { InCommon } from './in-common.tsx';
import { FailedStep } from './failed-step.tsx';
import { FixStrip } from './fix-strip.tsx';
import { ItemNames, ItemsAtFaultBar, useUnit } from './items-at-fault.tsx';

/** Failures by cause. Choosing a cause highlights its batches; its buttons act on exactly these batches. */
export function Problems() {
  const problems = useStudio(state => state.problems);
  const detail = useStudio(state => state.detail);
  const status = useStudio(state => state.progress?.status);
  const failedBatches = useStudio(state => state.progress?.failedBatches ?? 0);
  const isAside = useStudio(state => itemsSetAside(state.progress?.nodes ?? []) > 0);
  const none = !problems || (problems.causes.length === 0 && problems.lost.length === 0);
  return (
    <section className="problems" aria-label="Problems">
      {none && !isAside && (!detail?.error || failedBatches > 0) && (
        <Empty>{detail ? noCause(status, failedBatches) : 'Open a run to see why its batches failed.'}</Empty>
      )}
      {/* Where batches failed, the error of the run only says so: their causes are about to arrive. */}
      {none && failedBatches === 0 && <FailedStep />}
      {!none && <FixStrip />}
      {!none && <ItemsAtFaultBar />}
      <AsideRow />
      {problems?.causes.map(cause => (
        <CauseRow key={`${cause.node} ${cause.fingerprint}`} cause={cause} />
      ))}
      {problems && <Behind causes={problems.causes} />}
      {!none && <InCommon />}
      {problems?.lost.map(lost => (
        <LostRow key={lost.key} lost={lost} />
      ))}
    </section>
  );
}

/** What is set aside is on record with the run, and can be looked at. */
function AsideRow() {
  const aside = useStudio(state => itemsSetAside(state.progress?.nodes ?? []));
  const unit = useUnit();
  if (aside === 0) return null;
  return (
    <div className="problem">
      <Glyph status="setAside" silent />
      <b>{counted(aside, unit)}</b>
      <p>{aside === 1 ? 'is' : 'are'} set aside, and on record with the reasons</p>
      <Button small onClick={() => inspect({ kind: 'run' }, 'aside')}>
        Show
      </Button>
      <span />
    </div>
  );
}

function noCause(status: RunStatus | undefined, failedBatches: number): string {
  if (failedBatches > 0) return 'Looking for the causes…';
  return status === 'running' ? 'No failures so far.' : 'No failures in this run.';
}

function CauseRow({ cause }: { cause: FailureCause }) {
  const graph = useStudio(state => state.detail?.graph);
  // The map its batches stand on: of their own node, or of the outermost around it. In a while there is none.
  const map = useStudio(state => mapAround(state.model?.maps.values() ?? [], cause.path));
  const chosen = useStudio(state => isCause(cause, state.selection?.cause));
  const text = textOfCause(cause);
  const findings = useStudio(state => state.findings);
  const items = useMemo(() => itemsOfCause(findings?.items ?? [], cause), [findings, cause]);
  return (
    <div className={`problem ${chosen ? 'chosen' : ''}`}>
      <Glyph status="failed" />
      {map ? (
        <button
          type="button"
          className="problem-count"
          aria-pressed={chosen}
          aria-label={`Highlight the ${text}`}
          onClick={() => chooseCause(cause)}
        >
          {counted(cause.batches, BATCH)}
        </button>
      ) : (
        <b>{counted(cause.batches, BATCH)}</b>
      )}
      <p>
        <CauseMessage message={cause.message} pattern={cause.pattern} />
        <span className="muted">
          {cause.at && (
            <>
              {' '}
              at <EditorLink at={cause.at} />
            </>
          )}
          {graph && cause.step !== undefined && <> in {titleLabel(graph, cause.step)}</>}
          {cause.explain && <> · {cause.explain}</>}
        </span>
      </p>
      <Button small onClick={() => lookAtCause(cause)}>
        Show
      </Button>
      <span className="problem-actions">
        {cause.batches > 1 && (
          <RunButton
            small
            onClick={() =>
              askToRerun(
                { node: cause.path, select: { fingerprint: cause.fingerprint }, tryOne: true },
                `one of ${text}`,
              )
            }
          >
            Try one
          </RunButton>
        )}
        <RunButton
          small
          look="rerun"
          onClick={() => askToRerun({ node: cause.path, select: { fingerprint: cause.fingerprint } }, text)}
        >
          Re-run {cause.batches === 1 ? 'it' : `these ${number(cause.batches)}`}
        </RunButton>
      </span>
      <ItemNames items={items} />
    </div>
  );
}

/** Items whose cause no batch shows: it failed with that of another item before. */
function Behind({ causes }: { causes: readonly FailureCause[] }) {
  const findings = useStudio(state => state.findings);
  const items = useMemo(() => itemsBehind(findings?.items ?? [], causes), [findings, causes]);
  const unit = useUnit();
  const messages = [...new Set(items.map(({ error }) => error.message))];
  return messages.map(message => {
    const alike = items.filter(({ error }) => error.message === message);
    return (
      <div key={message} className="problem">
        <Glyph status="failed" />
        <b>{counted(alike.length, unit)}</b>
        <p>
          <code>{label(message, 300)}</code>
          <span className="muted"> Found behind another cause: its batch fails with that first.</span>
        </p>
        <span />
        <span />
        <ItemNames items={alike} />
      </div>
    );
  });
}

function LostRow({ lost }: { lost: LostUpdate }) {
  return (
    <div className="problem">
      <Glyph status="retrying" silent />
      <b>{counted(lost.count, LOST_UPDATE)}</b>
      <p>
        <code>{label(lost.key, 200)}</code>{' '}
        <span className="muted">
          Batches overwrote each other’s updates of this state key. Use state.incr or state.update.
        </span>
      </p>
      <Button small onClick={() => inspect({ kind: 'run' }, 'state')}>
        Show
      </Button>
      <span />
    </div>
  );
}
