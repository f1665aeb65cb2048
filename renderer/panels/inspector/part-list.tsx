import { useState } from 'react';
import { duration, number, RUN, counted } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import type { Result } from '../../../host/api/api.ts';
import { label } from '../../model/shown-text.ts';
import { openRun } from '../../stores/open-run.ts';
import { api } from '../../stores/host.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useRefresh } from '../../hooks/use-refresh.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import './part-list.css';

const PAGE = 50;

interface Of {
  /** Of one step. */
  readonly path?: string;
  /** Of one batch. */
  readonly scope?: number;
}

/** The runs that a step, or the steps of a batch, have started. Each is opened by a click. */
export function PartList(of: Of & { run: number }) {
  const isExportedFile = useStudio(state => state.recording !== undefined);
  return isExportedFile ? <NotInFile /> : <StoredParts {...of} />;
}

/** Each of them is a run, and a file, of its own. */
function NotInFile() {
  return (
    <section className="inner" aria-label="Runs of this step">
      <h3 className="label">Runs of this step</h3>
      <p className="muted">This file holds one run. The runs that this step has started are not in it.</p>
    </section>
  );
}

function StoredParts({ run, path, scope }: Of & { run: number }) {
  const [limit, setLimit] = useState(PAGE);
  const status = useStudio(state => state.progress?.status);
  const refresh = useRefresh(status === 'running');
  const loaded = useLoad(
    () => api().getParts({ run, path, scope, limit }),
    [run, path, scope, limit],
    `${status} ${refresh}`,
  );
  if (loaded.state !== 'loaded' || loaded.value.parts.length === 0) return null;
  const { parts, total, failed } = loaded.value;
  return (
    <section className="inner" aria-label="Runs of this step">
      <h3 className="label">Runs of this step</h3>
      <small className="muted numbers">
        {counted(total, RUN)}
        {failed > 0 && `, ${number(failed)} failed`}
      </small>
      <ul className="steps part-list">
        {parts.map(part => (
          <PartRow key={part.run} part={part} isInBatch={scope !== undefined} />
        ))}
      </ul>
      {total > parts.length && (
        <Button small onClick={() => setLimit(before => Math.min(1000, before + 200))}>
          Show more
        </Button>
      )}
    </section>
  );
}

function PartRow({ part, isInBatch }: { part: Result<'getParts'>['parts'][number]; isInBatch: boolean }) {
  const { run, name, status, batch, activeMs, isReplaced } = part;
  const facts = [
    ...(batch === undefined || isInBatch ? [] : [label(batch, 60)]),
    status === 'completed' || status === 'failed' ? duration(activeMs) : statusWord(status),
    ...(isReplaced ? ['begun anew since'] : []),
  ];
  return (
    <li>
      <Glyph status={status} />
      <button
        type="button"
        className="link"
        title={`Open run ${run}, which is a part of this one`}
        onClick={() => void openRun(run)}
      >
        {label(name, 60)} <small className="inline">run {run}</small>
      </button>
      <span className="muted numbers">{facts.join(' · ')}</span>
    </li>
  );
}
