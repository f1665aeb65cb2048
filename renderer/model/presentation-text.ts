import { NODE_KINDS } from '../../common/node-kinds.ts';
import type { Graph, GraphNode, Progress } from '../../host/api/api.ts';
import { titleFor } from './graph/plan-text.ts';
import { counted, number, timeLeft } from '../../common/format.ts';
import { unitOfRun } from '../../common/graph-nodes.ts';

export interface Phrase {
  readonly text: string;
  readonly tone?: 'succeeded' | 'failed';
}

/** `2,900 of 3,201 films done. 12 batches need attention. About 20 seconds left.` */
export function sentence(progress: Progress, graph: Graph): Phrase[] {
  const unit = unitOfRun(graph, progress.nodes);
  const { items, failedBatches, status } = progress;
  const phrases: Phrase[] = [];
  if (items.total > 0) {
    const isAll = items.succeeded === items.total;
    const name = items.total === 1 ? unit[0] : unit[1];
    if (isAll && items.total > 1) phrases.push({ text: 'All ' });
    phrases.push(
      { text: number(items.succeeded), tone: 'succeeded' },
      { text: isAll ? ` ${name} done. ` : ` of ${counted(items.total, unit)} done. ` },
    );
  }
  if (failedBatches > 0)
    phrases.push(
      { text: number(failedBatches), tone: 'failed' },
      { text: ` ${failedBatches === 1 ? 'batch needs' : 'batches need'} attention. ` },
    );
  if (status === 'running')
    phrases.push({
      text: progress.left ? `${capitalised(spelledOut(timeLeft(progress.left)))} left.` : 'Running.',
    });
  else if (status !== 'completed' && failedBatches === 0) phrases.push({ text: STATUS_TEXT[status] });
  else if (items.total === 0) phrases.push({ text: 'Completed.' });
  return phrases;
}

const STATUS_TEXT = {
  paused: 'Paused.',
  cancelled: 'Cancelled.',
  interrupted: 'Interrupted. You can resume it.',
  failed: 'A step failed.',
  running: '',
} as const;

export interface OutlineNode {
  readonly path: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly state: 'done' | 'working' | 'stopped' | 'next';
  readonly text: string;
  /** The number of its batch node in the run, once it has one. */
  readonly batchNode: number | undefined;
}

/** The workflow's main steps, in order. Steps inside batches are not listed. */
export function outline(graph: Graph, progress: Progress): OutlineNode[] {
  const stations = graph.nodes.filter(node => NODE_KINDS[node.kind].isStation);
  let reached = true;
  return stations.map(node => {
    const state = stateOf(node, progress, reached);
    if (state !== 'done') reached = false;
    return {
      path: node.path,
      title: titleFor(node),
      description: node.description,
      state,
      text: STATE_TEXT[state],
      batchNode: progress.nodes.find(other => other.path === node.path)?.node,
    };
  });
}

const STATE_TEXT = { done: 'done', working: 'running', stopped: 'needs attention', next: 'waiting' } as const;

function stateOf(node: GraphNode, progress: Progress, reached: boolean): OutlineNode['state'] {
  const batches = progress.nodes.find(other => other.path === node.path);
  if (batches) {
    if (batches.batches.failed > 0 && progress.status !== 'running' && progress.status !== 'completed')
      return 'stopped';
    return batches.complete && batches.batches.succeeded + batches.batches.failed === batches.batches.total
      ? 'done'
      : progress.status === 'running'
        ? 'working'
        : 'next';
  }
  const step = progress.steps.find(other => other.path === node.path);
  if (!step) return progress.status === 'completed' ? 'done' : 'next';
  if (step.running > 0) return 'working';
  if (step.failed > 0) return 'stopped';
  return reached && step.succeeded > 0 ? 'done' : 'next';
}

function spelledOut(left: string): string {
  return left
    .replace(/ s$/, ' seconds')
    .replace(/ min$/, ' minutes')
    .replace(/ h$/, ' hours')
    .replace(/^(about )?1 (second|minute|hour)s$/, '$11 $2');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
