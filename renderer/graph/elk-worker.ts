import ELK from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import type { Elk } from './layout.ts';

let elk: InstanceType<typeof ELK> | undefined;

/** ELK in a worker, begun when it is first needed: it is 1.6 MB, and a graph without an `if` does without. */
export const elkInWorker: Elk = async graph => {
  elk ??= new ELK({ workerFactory: () => new ElkWorker() });
  return await elk.layout(graph);
};
