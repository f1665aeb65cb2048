import { mayClimb, type RungEnd } from '../../common/climb.ts';
import { toRanges } from '../../common/ranges.ts';
import { answersOfRung, type ClimbPlan } from '../../engine/run/rerun/climb.ts';
import type { Climb, Problem, RerunRequest, Result } from '../api/api.ts';
import { failed, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';

export interface ClimbsOptions {
  readonly plan: (run: number, request: RerunRequest) => Promise<ClimbPlan>;
  /** Begins the re-run of a rung. */
  readonly begin: (run: number, request: RerunRequest) => Promise<Result<'resumeRun'>>;
  /** Resolves when nobody of this host executes the run any more. */
  readonly over: (run: number) => Promise<void>;
  readonly end: (run: number, node: number, batches: readonly number[]) => Promise<RungEnd>;
  /** What `get` gives for the run has changed. */
  readonly onChange: (run: number) => void;
  /** A climb is over: what waited for the run can have its turn. */
  readonly onOver: () => void;
  readonly now?: () => number;
}

/**
 * Re-runs that climb, one for each run: one rung after the other, each a re-run of its own. What they have come to is known here only. If this
 * process ends, the rung that was executed is an interrupted re-run like any other, and the batches of the others are as they were.
 */
export class Climbs {
  readonly #options: ClimbsOptions;
  readonly #climbs = new Map<number, Climb>();
  #isClosed = false;

  constructor(options: ClimbsOptions) {
    this.#options = options;
  }

  get(run: number): Climb | undefined {
    return this.#climbs.get(run);
  }

  isClimbing(run: number): boolean {
    return this.#climbs.get(run)?.state === 'climbing';
  }

  /** Begins with the first rung. Resolves when it is known whether that has begun. */
  async begin(run: number, request: RerunRequest): Promise<Result<'climb'>> {
    if (this.isClimbing(run)) return failed(stateProblem(`A re-run of run ${run} climbs already. Stop it first.`));
    const plan = await this.#options.plan(run, request);
    const { now = Date.now } = this.#options;
    this.#set(run, {
      node: plan.node,
      path: plan.path,
      state: 'climbing',
      startedAt: now(),
      rungs: plan.rungs.map(({ batches, most }) => ({ batches: batches.length, most, first: batches[0] ?? 0 })),
    });
    const first = await this.#options.begin(run, rungRequest(request, plan, 0)).catch((error: unknown) => {
      this.#climbs.delete(run);
      throw error;
    });
    if (!first.ok) {
      this.#climbs.delete(run);
      this.#options.onChange(run);
      return first;
    }
    void this.#climb(run, request, plan);
    return succeeded({});
  }

  /** The rung that is executed comes to its end; no other one begins. */
  stop(run: number): void {
    const climb = this.#climbs.get(run);
    if (climb?.state === 'climbing') this.#set(run, { ...climb, isStopping: true });
  }

  /** What has come of it has been read. */
  forget(run: number): void {
    if (this.isClimbing(run)) return;
    this.#climbs.delete(run);
    this.#options.onChange(run);
  }

  close(): void {
    this.#isClosed = true;
  }

  async #climb(run: number, request: RerunRequest, plan: ClimbPlan): Promise<void> {
    try {
      for (const [at, rung] of plan.rungs.entries()) {
        if (at > 0) {
          const begun = await this.#options.begin(run, rungRequest(request, plan, at));
          if (!begun.ok) return this.#finish(run, 'stopped', begun.problem);
        }
        await this.#options.over(run);
        if (this.#isClosed) return;
        const end = await this.#options.end(run, plan.node, rung.batches);
        this.#noteEnd(run, at, end);
        if (!mayClimb(end, rung) || this.#climbs.get(run)?.isStopping === true) {
          const isLast = at === plan.rungs.length - 1 && end.open === 0 && end.failed <= rung.most;
          return this.#finish(run, isLast ? 'done' : 'stopped');
        }
      }
      this.#finish(run, 'done');
    } catch (error) {
      // Of a workspace that is closed nobody asks any more.
      if (!this.#isClosed) this.#finish(run, 'stopped', problemOf(error));
    }
  }

  #noteEnd(run: number, at: number, end: RungEnd): void {
    const climb = this.#climbs.get(run);
    if (!climb) return;
    this.#set(run, { ...climb, rungs: climb.rungs.map((rung, place) => (place === at ? { ...rung, end } : rung)) });
  }

  #finish(run: number, state: 'done' | 'stopped', problem?: Problem): void {
    const climb = this.#climbs.get(run);
    const { now = Date.now } = this.#options;
    if (climb) this.#set(run, { ...climb, state, endedAt: now(), ...(problem && { problem }) });
    this.#options.onOver();
  }

  #set(run: number, climb: Climb): void {
    this.#climbs.set(run, climb);
    this.#options.onChange(run);
  }
}

function rungRequest(request: RerunRequest, { path, rungs }: ClimbPlan, at: number): RerunRequest {
  const select = { ranges: toRanges(rungs[at]?.batches ?? []) };
  return { ...answersOfRung(request, at), node: path, select, tryOne: false };
}
