import type { RunSummary } from '../../../common/run-summary.ts';
import { sha256 } from '../../sha256.ts';
import { cancelAtRest } from '../../store/cancel.ts';
import { decode, encode } from '../../store/codec.ts';
import { stateChanges } from '../../store/inherited-state.ts';
import { RunTakenError, type Lease } from '../../store/leases.ts';
import { RunStateError } from '../../store/run-state-error.ts';
import { requireRun } from '../../store/runs.ts';
import { whenFree } from '../../store/when-free.ts';
import { ancestorsOf, lastSubflow, nextAsk, takeSubflow, type StartedSubflow } from '../../store/subflow-store.ts';
import { describeValue, WorkflowError } from '../../workflow/errors.ts';
import type { Attempt } from '../attempt.ts';
import type { OtherWorkflow, RunEnvironment, RunInProgress, SubflowStart } from '../execute.ts';
import type { RerunRequest } from '../rerun/request.ts';
import type { Run } from '../run.ts';
import type { Speaker } from '../run-log.ts';
import { StopError, type Stop } from '../stop.ts';
import { isBegunFor, resultOf } from './begun-for.ts';
import { SubflowError } from './subflow-error.ts';
import type { SubflowCall, SubflowResult, Subflows } from './subflows.ts';

/** A workflow may run itself, for a tree of things. One that does so without an end is stopped here. */
const MOST_RUNS_DEEP = 20;
const LOOK_EVERY_MS = 100;

/** How a run is begun: what `execute.ts` does, which knows this file. */
export interface Beginnings {
  readonly start: (
    environment: RunEnvironment,
    file: string,
    payload: unknown,
    as: SubflowStart,
  ) => Promise<RunInProgress>;
  readonly resume: (environment: RunEnvironment, run: number) => Promise<RunInProgress>;
  readonly rerun: (environment: RunEnvironment, run: number, request: RerunRequest) => Promise<RunInProgress>;
}

export interface SubflowsOf {
  readonly run: Run;
  readonly id: number;
  readonly lease: Lease;
  readonly environment: RunEnvironment;
  /** The run's own, and of what it starts: they share the connection. */
  readonly durability: RunEnvironment['durability'];
  readonly demo: boolean;
  readonly begin: Beginnings;
}

/** What a run is begun for, and what it is begun with. */
interface Asked {
  readonly attempt: Attempt;
  readonly call: SubflowCall;
  /** In the codec's text. */
  readonly payload: string;
  readonly other: OtherWorkflow;
}

/**
 * The runs that the steps of a run have begun. Each is a run like any other, with its own lease and journal, in the process of its
 * parent: they end together when that is killed, and the next process finds the child by its link to the step. Its link is
 * written with it, so it is begun once.
 */
export class RunSubflows implements Subflows {
  readonly #of: SubflowsOf;
  /** What is done for a step, by its scope and node: one thing at a time. */
  readonly #atWork = new Map<string, Promise<SubflowResult>>();
  /** Those that are being executed, by the attempt that waits for each. */
  readonly #runs = new Map<Attempt, Run>();

  constructor(of: SubflowsOf) {
    this.#of = of;
  }

  get runs(): Iterable<Run> {
    return [...this.#runs.values()].flatMap(run => run.withSubflows);
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.#atWork.values());
  }

  take(child: number): void {
    takeSubflow(this.#of.environment.db, child);
  }

  async execute(attempt: Attempt, call: SubflowCall): Promise<SubflowResult> {
    const step = `${attempt.scope}/${attempt.node}`;
    const work = this.#execute(attempt, call, this.#atWork.get(step));
    this.#atWork.set(step, work);
    try {
      return await work;
    } finally {
      if (this.#atWork.get(step) === work) this.#atWork.delete(step);
    }
  }

  async #execute(
    attempt: Attempt,
    call: SubflowCall,
    before: Promise<SubflowResult> | undefined,
  ): Promise<SubflowResult> {
    const asked = {
      attempt,
      call,
      payload: encode(call.input, 'input'),
      other: await this.#find(attempt.path, call.workflow),
    };
    // That of an attempt whose time was over may still be ending.
    await Promise.allSettled([before]);
    for (;;) {
      attempt.signal.throwIfAborted();
      try {
        const known = await whenFree(() => this.#unfinished(asked));
        const result =
          known?.status === 'completed'
            ? resultOf(this.#of.environment.db, known.child)
            : await this.#follow(attempt, await this.#begin(asked, known));
        await this.#takeState(attempt, result.child);
        return result;
      } catch (error) {
        if (!(error instanceof RunTakenError) && !(error instanceof RunStateError)) throw error;
        // Another process works on it, or has ended it meanwhile.
        await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
  }

  /** The run that an earlier attempt has begun, if it is the one that this attempt asks for. */
  #unfinished({ attempt, call, payload }: Asked): StartedSubflow | undefined {
    const { id, environment, run } = this.#of;
    const known = lastSubflow(environment.db, id, attempt.scope, attempt.node);
    if (!known || known.taken === 1) return undefined;
    if (isBegunFor(known, call.workflow, payload)) return known;
    const reason = `step ${describeValue(attempt.path)} of run ${id} has begun another run, with another input`;
    cancelAtRest(environment.db, known.child, reason, run.clock.now(), environment.watch);
    return undefined;
  }

  async #begin(asked: Asked, known: StartedSubflow | undefined): Promise<RunInProgress> {
    const { id, lease, begin, demo } = this.#of;
    const { attempt, call, other } = asked;
    const environment = this.#environmentFor(attempt, other);
    if (known?.status === 'failed' || known?.status === 'cancelled')
      return await begin.rerun(environment, known.child, { batches: 'failed' });
    if (known) return await begin.resume(environment, known.child);
    this.#checkDepth(call.workflow);
    const { scope, node } = attempt;
    const { db } = environment;
    const link = {
      run: id,
      scope,
      node,
      ask: nextAsk(db, id, scope, node),
      attempt: attempt.attempt,
      keyBase: `${call.key}-${sha256(asked.payload).slice(0, 24)}`,
    };
    const last = lastSubflow(db, id, scope, node);
    const before = last?.workflow === call.workflow ? last.child : undefined;
    return await begin.start(environment, other.file, call.input, { demo, link, before, check: () => lease.check() });
  }

  /** Waits for the end of a run. What ends the attempt before ends that, too. */
  async #follow(attempt: Attempt, { id, done }: RunInProgress): Promise<SubflowResult> {
    const { inFlight } = this.#of.run;
    attempt.waitsFor = () => this.#runs.get(attempt);
    // It waits: what is at work is the other run.
    let isCounted = false;
    inFlight.executing -= 1;
    const count = () => {
      if (!isCounted) inFlight.executing += 1;
      isCounted = true;
    };
    const stop = () => {
      count();
      this.#runs.get(attempt)?.stopping.request(this.#stopOf(attempt));
    };
    attempt.signal.addEventListener('abort', stop, { once: true });
    if (attempt.signal.aborted) stop();
    try {
      const summary = await done;
      if (summary.status === 'completed') return { child: id, output: summary.output };
      attempt.signal.throwIfAborted();
      if (summary.status === 'paused' || summary.status === 'interrupted') throw this.#stopWith(summary);
      throw new SubflowError(summary);
    } finally {
      count();
      attempt.signal.removeEventListener('abort', stop);
      attempt.waitsFor = undefined;
      this.#runs.delete(attempt);
    }
  }

  #stopOf({ signal, path }: Attempt): Stop {
    const reason: unknown = signal.reason;
    if (reason instanceof StopError) return reason.stop;
    const why = reason instanceof Error ? reason.message : describeValue(reason);
    return { as: 'cancelled', reason: `step ${describeValue(path)} of run ${this.#of.id} was ended: ${why}` };
  }

  /** Somebody has stopped only the run that a step waits for: this one cannot go on without it, either. */
  #stopWith({ run, status, reason }: RunSummary): StopError {
    const stop: Stop = {
      as: status === 'paused' ? 'paused' : 'interrupted',
      reason: `run ${run}, which is a part of it, was ${status}${reason === undefined ? '' : `: ${reason}`}`,
    };
    this.#of.run.stopping.request(stop);
    return new StopError(this.#of.run.stopping.stop ?? stop);
  }

  #checkDepth(workflow: string): void {
    const { id, environment } = this.#of;
    const around = [id, ...ancestorsOf(environment.db, id)];
    if (around.length < MOST_RUNS_DEEP) return;
    const names = around.map(run => requireRun(environment.db, run).workflow);
    const chain = [...new Set(names.toReversed()), workflow].map(describeValue).join(' runs ');
    throw new WorkflowError(
      `Run ${id} stands in ${MOST_RUNS_DEEP - 1} others already, and no run stands in more: ${chain}. Give the workflow a condition on ` +
        'which it does not run itself: .if(…) around the subflow.',
    );
  }

  async #find(path: string, workflow: string): Promise<OtherWorkflow> {
    const found = await this.#of.environment.otherWorkflow?.(workflow);
    if (found) return found;
    throw new WorkflowError(
      `subflow ${describeValue(path)}: there is no workflow ${describeValue(workflow)} here. Define it in this file, in one that ` +
        'it imports, or in another file of its folder.',
    );
  }

  #environmentFor(attempt: Attempt, { definition, file, startWorker }: OtherWorkflow): RunEnvironment {
    const { environment, durability } = this.#of;
    let child: number | undefined;
    return {
      ...environment,
      definition,
      file,
      durability,
      startWorker,
      // They have been asked for the workflow of the run around it, and would not find the nodes of this one.
      remoteWorkers: undefined,
      isOwnProcess: false,
      isSubflow: true,
      replacements: environment.replacements?.inside(attempt.path),
      onBatch: undefined,
      onLog: (line, by) => environment.onLog?.(line, { ...speakerOf(by ?? attempt), part: by?.part ?? child }),
      onBegin: run => {
        child = Number(run.facts.info.id);
        // Also where batches run again without items of theirs: that is another session.
        this.#runs.set(attempt, run);
      },
    };
  }

  /** What it has changed of the state is changed by the step, and committed with its checkpoint. */
  async #takeState({ state }: Attempt, child: number): Promise<void> {
    for (const { key, added, value } of stateChanges(this.#of.environment.db, child)) {
      if (added !== null) await state.incr(key, added);
      else if (value === null) await state.delete(key);
      else await state.set(key, decode(value));
    }
  }
}

function speakerOf({ path, attempt, scopeOf }: Speaker): Speaker {
  return { path, attempt, scopeOf };
}
