import type { StopAs } from '../../common/status.ts';
import { systemClock } from '../../engine/run/clock.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { recordLostRun } from '../../engine/runner/lost-run.ts';
import { supervise, type SupervisedRun } from '../../engine/runner/supervisor.ts';
import { hashesNow } from '../../engine/load/code-changes.ts';
import { latestSession } from '../../engine/store/queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { plannedRerun } from '../planned-rerun.ts';
import { rerunText } from '../view/rerun.ts';
import { withStore } from '../with-store.ts';
import { fingerprintOf, PlanTokens } from './plan-tokens.ts';
import { run as shownRun } from './questions.ts';

/** What is asked for cannot be done. The message says what to do instead. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Clients wait for an answer for a minute. */
const ANSWER_WITHIN_MS = 45_000;

/** Re-runs that an agent asks for: only what a plan has shown, and only as long as the plan still says the same. */
export class Reruns {
  readonly #store: string;
  readonly #tokens = new PlanTokens();
  readonly #answerWithinMs: number;
  readonly #going = new Map<SupervisedRun, Promise<void>>();

  constructor(store: string, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#store = store;
    this.#answerWithinMs = answerWithinMs;
  }

  async plan(run: number, request: RerunRequest): Promise<object> {
    const planned = await this.#planned(run, request);
    return { ...planned.shown, token: this.#tokens.give({ run, request, fingerprint: planned.fingerprint }) };
  }

  /** @throws RefusedError where the token is none, or the plan would say something else now */
  async rerun(token: string): Promise<object> {
    const plan = this.#tokens.take(token);
    if (!plan) throw new RefusedError('That is no token of a plan, or it was used. Ask for a plan with plan_rerun.');
    const { run, request, fingerprint } = plan;
    const now = await this.#planned(run, request);
    if (now.fingerprint !== fingerprint)
      throw new RefusedError(
        'The run, the file or what would run again has changed since the plan was shown. Ask for a new plan with plan_rerun, and look at it.',
      );
    return await this.#execute(run, request);
  }

  /** Stops what goes on, to be resumed later. Resolves when it is stored. */
  async close(): Promise<void> {
    const as: StopAs = 'interrupted';
    for (const going of this.#going.keys()) going.stop(as, 'the agent that re-ran it has ended');
    await Promise.all(this.#going.values());
  }

  async #planned(run: number, request: RerunRequest): Promise<{ shown: object; fingerprint: string }> {
    return await withStore(this.#store, 'write', async db => {
      const planned = await plannedRerun(db, { store: this.#store, run, file: undefined }, request);
      if (!planned.ok) throw new RefusedError(planned.problem.message);
      const { report, before, codeChanged, files } = planned;
      const row = requireRun(db, run);
      const code = await hashesNow(files);
      return {
        shown: { run, plan: rerunText(report, before, codeChanged), codeChanged, ...report },
        fingerprint: fingerprintOf(row.uid, row.status, latestSession(db, run), report, code),
      };
    });
  }

  async #execute(run: number, request: RerunRequest): Promise<object> {
    const store = this.#store;
    const beginning = await supervise({
      task: { kind: 'rerun', run, store, file: undefined, request, durability: undefined, workers: undefined },
      onStarted: () => () => undefined,
    });
    if (!beginning.ok) throw new RefusedError(beginning.problem.message);
    const supervised = beginning.run;
    const over = supervised.done
      .then(async end => {
        if (end.kind === 'lost') await withStore(store, 'write', db => recordLostRun(db, run, end, systemClock.now()));
      })
      .finally(() => this.#going.delete(supervised));
    this.#going.set(supervised, over);
    const timer = Promise.withResolvers<'late'>();
    const timeout = setTimeout(() => timer.resolve('late'), this.#answerWithinMs);
    const first = await Promise.race([over.then(() => 'over' as const), timer.promise]);
    clearTimeout(timeout);
    const shown = await withStore(store, 'read', db => shownRun(db, { run }));
    return first === 'over' ? shown : { ...shown, note: `It goes on. Ask with show_run for run ${run}.` };
  }
}
