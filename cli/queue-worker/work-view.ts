import { createLogUpdate } from 'log-update';
import { bytes, counted, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { QueueState } from '../../engine/remote/bullmq/queue-server.ts';
import type { WorkerCard } from '../../engine/remote/directory.ts';
import type { HostedWorkflow, SessionEvent } from '../../engine/remote/worker-host.ts';
import { printEvent } from '../view/json.ts';
import type { BrokenFile } from './served-workflows.ts';

/** What a worker serves. */
export interface Serving {
  readonly folder: string;
  readonly queue: string;
  /** What names the queue. */
  readonly from: string;
  readonly address: string;
  readonly concurrency: number;
  readonly workflows: readonly HostedWorkflow[];
  readonly broken: readonly BrokenFile[];
  /** How a file is shown. */
  readonly nameOf: (file: string) => string;
}

/** What whoever has started a worker sees of it. */
export interface WorkView {
  serves(what: Serving): void;
  session(event: SessionEvent): void;
  queue(state: QueueState): void;
  /** Once a second. */
  beat(card: WorkerCard): void;
  /** @param inFlight Batches that it finishes first */
  draining(inFlight: number): void;
  note(text: string): void;
  end(): void;
}

export function workView(json: boolean): WorkView {
  return json ? new WorkEvents() : new WorkText();
}

const BATCHES = ['batch', 'batches'] as const;

class WorkText implements WorkView {
  readonly #live = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  #line = '';
  #shown = '';

  serves({ folder, queue, from, address, concurrency, workflows, broken, nameOf }: Serving): void {
    const names = workflows.map(({ workflow, file }) => `  ${oneLine(workflow)}  ${nameOf(file)}`);
    const told = broken.map(({ file, problem }) => `${nameOf(file)} is not served: ${oneLine(problem.message)}`);
    const text = [
      `${counted(workflows.length, ['workflow', 'workflows'])} of ${oneLine(folder)}`,
      ...names,
      ...told,
      `${counted(concurrency, BATCHES)} at a time; waiting for runs at ${queue} (from ${oneLine(from)}). This worker is ${address}.`,
      'Press Ctrl-C to finish what is in flight and end.',
    ].join('\n');
    // After a change of a file that changes nothing of this, there is nothing to tell.
    if (text !== this.#shown) this.note(text);
    this.#shown = text;
  }

  session(event: SessionEvent): void {
    const workflow = oneLine(event.workflow);
    this.note(
      event.type === 'begins'
        ? `A run of ${workflow} begins.`
        : `A run of ${workflow} is over: ${oneLine(event.reason)}.`,
    );
  }

  queue(state: QueueState): void {
    this.note(
      state.kind === 'away'
        ? `The queue cannot be reached: ${oneLine(state.reason)}. Trying again until it can.`
        : 'The queue can be reached again.',
    );
  }

  beat({ inFlight, stepsPerSecond, memoryBytes }: WorkerCard): void {
    if (!this.#live) return;
    const speed = `${number(Math.round(stepsPerSecond))} steps/s`;
    this.#line = `${counted(inFlight, BATCHES)} in flight · ${speed} · ${bytes(memoryBytes)}`;
    this.#live(this.#line);
  }

  draining(inFlight: number): void {
    this.note(
      inFlight === 0
        ? 'Ending.'
        : `Finishing ${counted(inFlight, BATCHES)}, and taking nothing new. Press Ctrl-C again to end at once: ` +
            'other workers then execute them again.',
    );
  }

  note(text: string): void {
    this.#live?.clear();
    process.stderr.write(`${text}\n`);
    if (this.#line !== '') this.#live?.(this.#line);
  }

  end(): void {
    this.#live?.clear();
    this.#live?.done();
  }
}

class WorkEvents implements WorkView {
  #told = '';

  serves({ folder, queue, address, concurrency, workflows, broken }: Serving): void {
    printEvent({
      event: 'working',
      folder,
      queue,
      address,
      concurrency,
      workflows,
      broken: broken.map(({ file, problem }) => ({ file, message: problem.message })),
    });
  }

  session(event: SessionEvent): void {
    if (event.type === 'begins') printEvent({ event: 'run-begins', workflow: event.workflow, from: event.from });
    else printEvent({ event: 'run-ends', workflow: event.workflow, reason: event.reason });
  }

  queue(state: QueueState): void {
    printEvent({ event: 'queue', state: state.kind, ...(state.kind === 'away' && { reason: state.reason }) });
  }

  beat({ inFlight, stepsPerSecond, memoryBytes, isDraining }: WorkerCard): void {
    // One that waits is told once.
    const told = `${inFlight} ${stepsPerSecond} ${isDraining}`;
    if (told !== this.#told)
      printEvent({ event: 'worker', inFlight, stepsPerSecond, memoryBytes, draining: isDraining });
    this.#told = told;
  }

  draining(inFlight: number): void {
    printEvent({ event: 'draining', inFlight });
  }

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  end(): void {
    printEvent({ event: 'worker-ended' });
  }
}
