import './why.css';
import type { BatchDetail } from '../../../host/api/api.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { useStudio } from '../../stores/studio.ts';
import { useWhy } from './use-why.ts';
import { WhatIsLeft } from './what-is-left.tsx';

/** In the inspector: why a batch does not run, and what else of its node is left. */
export function WhyNotRunning({ detail, status }: { detail: BatchDetail; status: BatchDetail['batch']['status'] }) {
  const { batch } = detail;
  const why = useWhy(batch.node);
  const graph = useStudio(state => state.detail?.graph);
  const around = detail.around.at(-1);
  const parent = around && {
    title: graph ? titleLabel(graph, around.path) : '',
    index: around.index,
    status: around.status,
  };
  const sentence = why({ ...batch, status }, parent);
  if (sentence === undefined) return null;
  return (
    <section className={`why-not-running ${status}`} aria-label="Why is it not running?">
      <h3 className="label">{status === 'running' ? 'What it waits for' : 'Why is it not running?'}</h3>
      <p className="numbers">{sentence}</p>
      {!parent && <WhatIsLeft node={batch.node} />}
    </section>
  );
}
