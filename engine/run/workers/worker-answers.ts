import type { RateLimit } from '../../workflow/options.ts';
import type { Run } from '../run.ts';
import { EffectTurns } from './effect-turns.ts';
import type { FromWorker, SaidLine } from './protocol.ts';
import type { StoreServer } from './store-server.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** Numbers for scopes that a worker gets at a time. */
const SCOPES_AT_A_TIME = 65_536;
/** A batch inside a worker may begin so much later than it was allowed to. */
const START_LAG_MS = 25;

/** What concerns a worker itself and its batches. */
type OfItsBatches = 'ready' | 'refused' | 'beat' | 'bundle';

/** Answers what workers ask in the middle of their batches, and passes on what they say. */
export class WorkerAnswers {
  readonly #run: Run;
  readonly #store: StoreServer;
  readonly #effects = new EffectTurns<WorkerHandle>();

  /** @param store For workers that cannot read the store's file */
  constructor(run: Run, store: StoreServer) {
    this.#run = run;
    this.#store = store;
  }

  hear(worker: WorkerHandle, message: Exclude<FromWorker, { type: OfItsBatches }>): void {
    const run = this.#run;
    switch (message.type) {
      case 'nodes': {
        const nodes = message.nodes.map(([path, kind]) => [path, run.numbering.node(path, kind)] as const);
        worker.tell({ type: 'numbers', ask: message.ask, nodes });
        break;
      }
      case 'scopes':
        worker.tell({ type: 'scopes', first: run.numbering.reserve(SCOPES_AT_A_TIME), count: SCOPES_AT_A_TIME });
        break;
      case 'start':
        this.#letStart(worker, message);
        break;
      case 'take-effect':
        this.#effects.take(message.key, worker, message.ask, () => worker.tell({ type: 'go-on', ask: message.ask }));
        break;
      case 'release-effect':
        this.#effects.release(message.key, worker);
        break;
      case 'ask-store':
        worker.tell({ type: 'store-answer', ask: message.ask, answer: this.#store.answer(message.request) });
        break;
      case 'stop':
        run.stopping.request({ as: message.as, reason: message.reason });
        break;
      case 'said':
        for (const { line, by } of message.lines) run.log.pass(line, by && speakerOf(by));
        break;
      case 'late-logs':
        for (const { of, lines } of message.logs) run.journal.write(() => run.writer.logs(of, lines));
        break;
    }
  }

  /** It works at no effect any more: others may. */
  leaves(worker: WorkerHandle): void {
    this.#effects.releaseAll(worker);
  }

  /** Lets a batch inside a job start as soon as the limit of its node allows. */
  #letStart(
    worker: WorkerHandle,
    asked: { ask: number; node: number; limits: readonly RateLimit[]; items: number },
  ): void {
    const { clock, rateLimiters } = this.#run;
    const { ask, node, limits, items } = asked;
    const now = clock.elapsed();
    const limiter = rateLimiters.of(node, limits);
    const delay = limiter.delay(now, items);
    if (worker.isLost) return;
    if (delay > 0) {
      clock.after(delay, () => this.#letStart(worker, asked));
      return;
    }
    // As late as it may really begin: no more than the limit start within any time.
    limiter.started(now + START_LAG_MS, items);
    worker.tell({ type: 'go-on', ask });
  }
}

function speakerOf(by: NonNullable<SaidLine['by']>) {
  return {
    path: by.path,
    attempt: by.attempt,
    scopeOf: { batch: by.batch === undefined ? undefined : { index: by.batch } },
  };
}
