import type { Counts } from '../../../common/counts.ts';
import { BatchStatus } from '../../../common/status.ts';
import type { StepCount } from '../../store/progress-queries.ts';
import type { RunProgress } from '../run-progress.ts';
import type { WaitSpan } from '../step-counts.ts';
import type { CountsChange, NodeChange, ProgressChange, StepChange } from './protocol.ts';

type Field = Exclude<keyof Counts, 'total'>;
const FIELDS: readonly Field[] = ['succeeded', 'failed', 'running', 'waiting', 'cancelled', 'setAside'];
const STEP_FIELDS = ['running', 'succeeded', 'failed', 'retrying', 'retries', 'waited'] as const;

/** In a worker: what of a job's counts the runner has not been told yet. */
export class ProgressTold {
  readonly #progress: RunProgress;
  readonly #nodes = new Map<number, { batches: number[]; items: number[]; complete: boolean }>();
  readonly #steps = new Map<number, { counts: number[]; waits: string }>();
  #executed = 0;
  #batches: (readonly [number, number, number, BatchStatus])[] = [];

  constructor(progress: RunProgress) {
    this.#progress = progress;
  }

  batchChanged(node: number, parent: number, index: number, status: BatchStatus): void {
    this.#batches.push([node, parent, index, status]);
  }

  /** A step's end was told on its own. */
  told({ node, running, succeeded }: Pick<StepChange, 'node' | 'running' | 'succeeded'>): void {
    const { counts } = this.#ofStep(node);
    counts[0] = (counts[0] ?? 0) + running;
    counts[1] = (counts[1] ?? 0) + succeeded;
  }

  /** What has changed since the last time; undefined: nothing. */
  take(): ProgressChange | undefined {
    const nodes = [...this.#progress.nodes()].flatMap(([node, progress]): NodeChange[] => {
      const { path, complete } = progress;
      let told = this.#nodes.get(node);
      if (!told) this.#nodes.set(node, (told = { batches: [], items: [], complete: false }));
      const batches = changeOf(progress.batches, told.batches);
      const items = changeOf(progress.items, told.items);
      const isSame = complete === told.complete && batches.every(none) && items.every(none);
      told.complete = complete;
      return isSame ? [] : [{ node, path, batches, items, complete }];
    });
    const steps = [...this.#progress.steps.own()].flatMap(step => {
      const change = this.#stepChange(step);
      return change ? [change] : [];
    });
    const executed = this.#progress.steps.executed - this.#executed;
    this.#executed += executed;
    const batches = this.#batches;
    this.#batches = [];
    const isNothing = nodes.length === 0 && steps.length === 0 && executed === 0 && batches.length === 0;
    return isNothing ? undefined : { nodes, steps, executed, batches };
  }

  #stepChange(
    step: StepCount & { readonly node: number; readonly waits: readonly WaitSpan[] },
  ): StepChange | undefined {
    const { node, path, waits } = step;
    const told = this.#ofStep(node);
    const [running = 0, succeeded = 0, failed = 0, retrying = 0, retries = 0, waited = 0] = STEP_FIELDS.map(
      (field, at) => step[field] - (told.counts[at] ?? 0),
    );
    const text = JSON.stringify(waits);
    const isSame = text === told.waits && [running, succeeded, failed, retrying, retries, waited].every(none);
    told.counts = STEP_FIELDS.map(field => step[field]);
    told.waits = text;
    return isSame ? undefined : { node, path, running, succeeded, failed, retrying, retries, waited, waits };
  }

  #ofStep(node: number): { counts: number[]; waits: string } {
    let told = this.#steps.get(node);
    if (!told) this.#steps.set(node, (told = { counts: [], waits: '[]' }));
    return told;
  }
}

function changeOf(counts: Counts, told: number[]): CountsChange {
  const change = FIELDS.map((field, at) => counts[field] - (told[at] ?? 0));
  FIELDS.forEach((field, at) => (told[at] = counts[field]));
  const [succeeded = 0, failed = 0, running = 0, waiting = 0, cancelled = 0, setAside = 0] = change;
  return [succeeded, failed, running, waiting, cancelled, setAside];
}

function none(difference: number): boolean {
  return difference === 0;
}

/** In a runner: adds what a job tells of its counts to those of the run, and takes back what is in flight when it is lost. */
export class JobCounts {
  readonly #progress: RunProgress;
  readonly #running = new Map<number, { readonly path: string; batches: number; items: number }>();
  readonly #steps = new Map<number, { readonly path: string; running: number; retrying: number }>();
  /** Batches inside that are in flight, as they are shown. */
  readonly #shown = new Map<string, readonly [number, number, number]>();

  constructor(progress: RunProgress) {
    this.#progress = progress;
  }

  add({ nodes, steps, executed, batches }: ProgressChange): void {
    for (const { node, path, batches: ofBatches, items: ofItems, complete } of nodes) {
      const counts = this.#progress.of(node, path);
      addTo(counts.batches, ofBatches);
      addTo(counts.items, ofItems);
      if (complete) counts.complete = true;
      const running = this.#runningOf(node, path);
      running.batches += ofBatches[2];
      running.items += ofItems[2];
    }
    for (const change of steps) {
      this.#progress.steps.add(change, this);
      const own = this.#stepOf(change.node, change.path);
      own.running += change.running;
      own.retrying += change.retrying;
    }
    this.#progress.steps.executed += executed;
    for (const [node, parent, index, status] of batches) {
      this.#progress.batchChanged(node, parent, index, status);
      const key = `${node}/${parent}/${index}`;
      if (status === BatchStatus.running || status === BatchStatus.retrying)
        this.#shown.set(key, [node, parent, index]);
      else this.#shown.delete(key);
    }
  }

  /** What was in flight is not any more: its worker is gone. */
  takeBack(): void {
    for (const [node, { path, batches, items }] of this.#running) {
      const counts = this.#progress.of(node, path);
      addTo(counts.batches, [0, 0, -batches, batches, 0, 0]);
      addTo(counts.items, [0, 0, -items, items, 0, 0]);
    }
    for (const [node, { path, running, retrying }] of this.#steps) {
      // A step that waited for its next attempt has failed in the one before.
      const change = { succeeded: 0, failed: retrying, retries: 0, waited: 0, waits: [] };
      this.#progress.steps.add({ node, path, running: -running, retrying: -retrying, ...change }, this);
    }
    for (const [node, parent, index] of this.#shown.values())
      this.#progress.batchChanged(node, parent, index, BatchStatus.waiting);
    this.#running.clear();
    this.#steps.clear();
    this.#shown.clear();
  }

  #runningOf(node: number, path: string): { batches: number; items: number } {
    let running = this.#running.get(node);
    if (!running) this.#running.set(node, (running = { path, batches: 0, items: 0 }));
    return running;
  }

  #stepOf(node: number, path: string): { running: number; retrying: number } {
    let step = this.#steps.get(node);
    if (!step) this.#steps.set(node, (step = { path, running: 0, retrying: 0 }));
    return step;
  }
}

function addTo(counts: Counts, change: CountsChange): void {
  FIELDS.forEach((field, at) => {
    counts[field] += change[at] ?? 0;
    counts.total += change[at] ?? 0;
  });
}
