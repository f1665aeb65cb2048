import ELK from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import { WORKER_ID } from '../../../common/recording/html.ts';
import type { Elk } from '../../model/graph/elk-graph.ts';

let elk: InstanceType<typeof ELK> | undefined;

/** ELK, in a worker of its own. */
export const elkInWorker: Elk = async graph => {
  elk ??= new ELK({ workerFactory: newWorker });
  return await elk.layout(graph);
};

function newWorker(): Worker {
  // An exported file has no other file beside it: the code stands in the page.
  const code = document.getElementById(WORKER_ID)?.textContent;
  if (code === undefined) return new ElkWorker();
  return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
}

/** It is 1.6 MB that has to be read before it does anything: better while there is nothing to lay out yet. */
export function preloadElk(): void {
  elkInWorker({
    id: 'nothing',
    children: [{ id: 'one', width: 1, height: 1 }],
    layoutOptions: { 'elk.algorithm': 'layered' },
  }).catch(() => undefined);
}
