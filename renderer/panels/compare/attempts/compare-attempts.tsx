import { batchName, titledBatch } from '../../../model/batch-name.ts';
import { useMemo, type ReactNode } from 'react';
import { counted, number } from '../../../../common/format.ts';
import { unitOf } from '../../../../common/graph-nodes.ts';
import { comparisonMarkdown } from '../../../model/compare/comparison-markdown.ts';
import { comparisonSentence } from '../../../model/compare/comparison-sentence.ts';
import { comparisonOf, type Compared } from '../../../model/compare/comparison.ts';
import { hiddenText } from '../../../model/compare/compare-words.ts';
import { titleLabel } from '../../../model/shown-text.ts';
import { useBatchStatus } from '../../../hooks/use-batch-status.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { compare } from '../../../stores/actions.ts';
import { loadCompared } from '../../../stores/load-compared.ts';
import { useStudio } from '../../../stores/studio.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { AttemptsGrid } from './attempts-grid.tsx';
import { MostAttempts } from './most-attempts.tsx';

/** Compares the attempts of the batch that is looked at. */
export function CompareAttempts({ run, modes }: { run: number | undefined; modes: ReactNode }) {
  const inspected = useStudio(state => state.inspected);
  if (run === undefined || inspected.kind !== 'batch')
    return (
      <>
        <header className="compare-head">
          <h2>Attempts of a batch</h2>
          {modes}
        </header>
        <Empty>Select a batch on the map or in the table to compare its attempts.</Empty>
        {run !== undefined && <MostAttempts run={run} />}
      </>
    );
  return <OfBatch run={run} node={inspected.node} index={inspected.index} parent={inspected.parent} modes={modes} />;
}

interface BatchProps {
  readonly run: number;
  readonly node: number;
  readonly index: number;
  readonly parent: number | undefined;
  readonly modes: ReactNode;
}

function OfBatch({ run, node, index, parent, modes }: BatchProps) {
  const against = useStudio(state => state.compare.against);
  const status = useBatchStatus(node, index, parent);
  const loaded = useLoad(
    () => loadCompared({ run, node, index, parent }, against),
    [run, node, index, parent, against],
    status,
  );
  const compared = loaded.state === 'loaded' ? loaded.value : undefined;
  // The batch looked at before, or the other way to compare, may still be here.
  if (!compared || compared.detail.batch.index !== index || compared.detail.batch.node !== node)
    return (
      <>
        <header className="compare-head">
          <h2>Batch {number(index)}</h2>
          {modes}
        </header>
        <Empty>
          {loaded.state === 'failed'
            ? loaded.message
            : loaded.state === 'loaded' && !compared
              ? 'There is no such batch in this run.'
              : 'Loading…'}
        </Empty>
      </>
    );
  return <Shown compared={compared} modes={modes} />;
}

function Shown({ compared, modes }: { compared: Compared; modes: ReactNode }) {
  const graph = useStudio(state => state.detail?.graph);
  const name = useStudio(state => state.detail?.item.name ?? '');
  const run = useStudio(state => state.runId);
  const { all } = useStudio(state => state.compare);
  const comparison = useMemo(() => comparisonOf(compared), [compared]);
  const titleOf = (path: string) => (graph ? titleLabel(graph, path) : path);
  const sentence = comparisonSentence(comparison, titleOf);
  const { batch, path, attempt } = compared.detail;
  const hidden = hiddenText(comparison.hidden);
  const where = `Run ${run} of ${name}, ${batchName(batch.index, batch.label)} of ${titleOf(path)}`;
  return (
    <>
      <header className="compare-head">
        <h2>
          {titledBatch(batch.index, batch.label)}{' '}
          <small className="muted">
            {graph && counted(batch.items, unitOf(graph, path))}, {counted(attempt, ['attempt', 'attempts'])}
          </small>
        </h2>
        {modes}
        <Against />
        <CopyButton text={() => comparisonMarkdown(comparison, { where, sentence, titleOf })}>
          Copy as Markdown
        </CopyButton>
      </header>
      <p className="compare-sentence">{sentence}</p>
      <AttemptsGrid comparison={comparison} titleOf={titleOf} all={all} />
      <footer className="compare-foot muted">
        {comparison.left > 0 && (
          <span>{counted(comparison.left, ['attempt', 'attempts'])} after the first are left out. </span>
        )}
        {compared.detail.inner.length > 0 && (
          <span>Batches inside this one have attempts of their own: open one to compare it. </span>
        )}
        {hidden !== undefined && (
          <span>
            {all ? 'All attempts agree in: ' : 'Hidden because all attempts agree: '}
            {hidden}.{' '}
            <button type="button" className="link" onClick={() => compare({ all: !all })}>
              {all ? 'Hide them' : 'Show them'}
            </button>
          </span>
        )}
      </footer>
    </>
  );
}

function Against() {
  const against = useStudio(state => state.compare.against);
  return (
    <Segmented
      label="Each attempt is compared with"
      choices={[
        { id: 'before', title: 'Against the one before' },
        { id: 'first', title: 'Against the first' },
      ]}
      chosen={against}
      onChoose={chosen => compare({ against: chosen })}
    />
  );
}
