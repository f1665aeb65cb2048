import { isTimed, ON_TIME_MS, overlapOf } from '../../common/triggers.ts';
import { counted, dateAndTime, number } from '../../common/format.ts';
import type { Trigger } from '../../common/graph.ts';
import { decode } from '../../engine/store/codec.ts';
import type { TriggerState } from '../../engine/store/trigger-store.ts';
import type { Problem, Result, WorkflowFile } from '../api/api.ts';
import { isForeseen } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import { nextFiring } from '../../engine/workflow/triggers.ts';
import { firingsBetween } from './firings.ts';

/** Events of other processes are looked for as often; a schedule is looked at at its moment. */
const LOOK_EVERY_MS = 1_000;

export interface StartOf {
  readonly file: string;
  readonly workflow: string;
  readonly payload: unknown;
  /** However often it is started with it, also by another process that looks at the same folder, there is one run. */
  readonly key?: string | undefined;
  /** The path of the webhook. */
  readonly webhook?: string | undefined;
}

export interface TriggersOptions {
  readonly store: Pick<Store, 'do'>;
  /** The folder's workflows as its files are now; none while it is not trusted. */
  readonly files: () => readonly WorkflowFile[];
  readonly start: (of: StartOf) => Promise<Result<'startRun'>>;
  readonly resume: (run: number) => Promise<Result<'resumeRun'>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** A trigger of a workflow, and where it is defined. */
interface Declared {
  readonly file: string;
  readonly workflow: string;
  readonly trigger: Trigger;
}

export interface TriggerAsShown {
  readonly file: string;
  readonly workflow: string;
  readonly kind: Trigger['kind'];
  readonly on: string;
  readonly nextAt: number | undefined;
  readonly lastAt: number | undefined;
  readonly lastRun: number | undefined;
  readonly note: string | undefined;
}

/**
 * Starts runs at their moments and for events, and wakes runs that rest. What has fired is in the store, and each firing is a
 * run with a key of its own: a kill between the two starts nothing twice, and neither does another process on the same folder.
 */
export class Triggers {
  readonly #options: TriggersOptions;
  readonly #states = new Map<string, TriggerState>();
  readonly #waking = new Set<number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> | undefined;
  #hasRead = false;
  #isClosed = false;

  constructor(options: TriggersOptions) {
    this.#options = options;
  }

  /** Looks from now on, until it is closed. */
  begin(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    void this.look();
  }

  /** Looks no more, until it begins again. */
  pause(): void {
    clearInterval(this.#timer);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.pause();
    await this.#looking;
  }

  /** One look at all triggers. While one goes on, another one is that one. */
  look(): Promise<void> {
    this.#looking ??= this.#lookNow()
      .catch((error: unknown) => {
        // A store that is being replaced, or a folder that is being closed: the next look finds out.
        if (!isForeseen(error)) this.#options.onError(error);
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  shown(): TriggerAsShown[] {
    return this.#declared().map(({ file, workflow, trigger }) => {
      const state = this.#states.get(keyOf(workflow, trigger));
      return {
        file,
        workflow,
        kind: trigger.kind,
        on: trigger.on,
        nextAt: isTimed(trigger.kind) ? nextFiring(trigger, state?.lookedAt ?? this.#options.now()) : undefined,
        lastAt: state?.firedAt ?? undefined,
        lastRun: state?.run ?? undefined,
        note: state?.note ?? undefined,
      };
    });
  }

  /** The webhook of a path and a method. */
  webhook(path: string, method: string): Declared | undefined {
    return this.#declared().find(
      ({ trigger: { kind, on, options } }) =>
        kind === 'webhook' && on === path && (options?.method ?? 'POST') === method,
    );
  }

  /** Starts the run of a webhook. */
  async receive({ file, workflow, trigger }: Declared, payload: unknown, key?: string): Promise<Result<'startRun'>> {
    await this.#read();
    const state = await this.#stateOf(workflow, trigger);
    const skipped = await this.#whySkipped(trigger, state);
    if (skipped !== undefined) return { ok: false, problem: { name: 'OverlapError', message: skipped } };
    const begun = await this.#options.start({
      file,
      workflow,
      payload,
      webhook: trigger.on,
      ...(key !== undefined && { key: `webhook ${trigger.on}: ${key}` }),
    });
    await this.#keep({ ...state, ...outcomeOf(begun, this.#options.now(), state) });
    return begun;
  }

  async #lookNow(): Promise<void> {
    await this.#read();
    for (const declared of this.#declared()) {
      if (this.#isClosed) return;
      if (isTimed(declared.trigger.kind)) await this.#lookAtClock(declared);
      else if (declared.trigger.kind === 'event') await this.#lookAtEvents(declared);
    }
    await this.#wake();
  }

  /** What earlier processes have fired. */
  async #read(): Promise<void> {
    if (this.#hasRead) return;
    for (const state of await this.#options.store.do('triggerStates', undefined))
      this.#states.set(keyOf(state.workflow, state), state);
    this.#hasRead = true;
  }

  async #lookAtClock({ file, workflow, trigger }: Declared): Promise<void> {
    const now = this.#options.now();
    const state = await this.#stateOf(workflow, trigger);
    const due = firingsBetween(trigger, state.lookedAt, now);
    const last = due.at(-1);
    if (last === undefined) return await this.#fireNext({ file, workflow, trigger }, state);
    const isOnTime = now - last <= ON_TIME_MS;
    const missed = isOnTime ? due.length - 1 : due.length;
    const settled = { ...state, lookedAt: last };
    const note = missed === 0 ? null : missedText(missed, last);
    if (!isOnTime && trigger.options?.missed !== 'once') return await this.#keep({ ...settled, note });
    if (queues(trigger)) {
      const mayWait = state.waiting.length < MOST_WAITING;
      const waiting = mayWait ? [...state.waiting, last] : state.waiting;
      // On record before its turn comes: a process that ends meanwhile loses none.
      const queued = { ...settled, note, waiting, leftOut: state.leftOut + (mayWait ? 0 : 1) };
      await this.#keep(queued);
      return await this.#fireNext({ file, workflow, trigger }, queued);
    }
    const skipped = await this.#whySkipped(trigger, state);
    if (skipped !== undefined) return await this.#keep({ ...settled, note: skipped });
    const begun = await this.#startAt({ file, workflow, trigger }, last);
    await this.#keep({ ...settled, ...outcomeOf(begun, now, state, note) });
  }

  /** The firing that waits first, where the run before has ended. */
  async #fireNext(declared: Declared, state: TriggerState): Promise<void> {
    const [first, ...others] = state.waiting;
    if (first === undefined) return;
    const isAtWork = state.run !== null && (await this.#options.store.do('isAtWork', state.run));
    if (isAtWork) {
      const waits = waitsText(state.waiting.length, 'firing', state.run);
      const note = state.leftOut === 0 ? waits : `${waits} ${leftOutText(state.leftOut)}`;
      return note === state.note ? undefined : await this.#keep({ ...state, note });
    }
    const begun = await this.#startAt(declared, first);
    const note = state.leftOut === 0 ? null : leftOutText(state.leftOut);
    await this.#keep({
      ...state,
      waiting: others,
      leftOut: others.length === 0 ? 0 : state.leftOut,
      ...outcomeOf(begun, this.#options.now(), state, note),
    });
  }

  /** Starts the run of a moment, once. */
  async #startAt({ file, workflow, trigger }: Declared, at: number): Promise<Result<'startRun'>> {
    const key = `${trigger.kind} ${trigger.on} of ${workflow}: ${new Date(at).toISOString()}`;
    return await this.#options.start({ file, workflow, payload: trigger.options?.payload ?? {}, key });
  }

  async #lookAtEvents({ file, workflow, trigger }: Declared): Promise<void> {
    let state = await this.#stateOf(workflow, trigger);
    const events = await this.#options.store.do('eventsAfter', { name: trigger.on, after: state.event });
    for (const [index, { id, payload }] of events.entries()) {
      const skipped = await this.#whySkipped(trigger, state);
      if (skipped !== undefined && queues(trigger)) {
        // They stay in the store until their turn comes.
        const note = waitsText(events.length - index, 'event', state.run);
        if (note !== state.note) await this.#keep({ ...state, note });
        return;
      }
      const taken = { ...state, event: id };
      if (skipped === undefined) {
        const key = `event ${id} of ${workflow}`;
        const begun = await this.#options.start({ file, workflow, payload: decode(payload), key });
        state = { ...taken, ...outcomeOf(begun, this.#options.now(), state) };
      } else state = { ...taken, note: skipped };
      await this.#keep(state);
    }
  }

  async #wake(): Promise<void> {
    for (const run of await this.#options.store.do('runsToWake', this.#options.now())) {
      if (this.#waking.has(run) || this.#isClosed) continue;
      this.#waking.add(run);
      try {
        await this.#options.resume(run);
      } finally {
        this.#waking.delete(run);
      }
    }
  }

  /** Why it starts no run now; undefined: it does. */
  async #whySkipped(trigger: Trigger, { run }: TriggerState): Promise<string | undefined> {
    if (run === null || overlapOf(trigger.kind, trigger.options) === 'allow') return undefined;
    return (await this.#options.store.do('isAtWork', run))
      ? `It did not start: run ${run} was still running.`
      : undefined;
  }

  /** A trigger that nobody has seen before begins now: nothing before was missed. */
  async #stateOf(workflow: string, trigger: Trigger): Promise<TriggerState> {
    const known = this.#states.get(keyOf(workflow, trigger));
    if (known) return known;
    const state: TriggerState = {
      workflow,
      kind: trigger.kind,
      on: trigger.on,
      lookedAt: this.#options.now(),
      event: await this.#options.store.do('latestEvent', undefined),
      firedAt: null,
      run: null,
      note: null,
      waiting: [],
      leftOut: 0,
    };
    await this.#keep(state);
    return state;
  }

  async #keep(state: TriggerState): Promise<void> {
    this.#states.set(keyOf(state.workflow, state), state);
    await this.#options.store.do('keepTrigger', state);
  }

  #declared(): Declared[] {
    return this.#options
      .files()
      .flatMap(({ file, graphs }) =>
        graphs.flatMap(({ id, triggers }) =>
          triggers.filter(({ kind }) => kind !== 'manual').map(trigger => ({ file, workflow: id, trigger })),
        ),
      );
  }
}

/** More firings of a clock wait for no turn: the run takes longer than the time between two of them. */
const MOST_WAITING = 100;

function queues({ kind, options }: Trigger): boolean {
  return overlapOf(kind, options) === 'queue';
}

function waitsText(count: number, what: 'firing' | 'event', run: number | null): string {
  return `${counted(count, [what, `${what}s`])} ${count === 1 ? 'waits' : 'wait'} until run ${run} has ended.`;
}

function leftOutText(count: number): string {
  return `${counted(count, ['firing was', 'firings were'])} left out: no more than ${MOST_WAITING} can wait.`;
}

function keyOf(workflow: string, { kind, on }: { readonly kind: string; readonly on: string }): string {
  return JSON.stringify([workflow, kind, on]);
}

function outcomeOf(
  begun: Result<'startRun'>,
  now: number,
  before: TriggerState,
  note: string | null = null,
): Pick<TriggerState, 'firedAt' | 'run' | 'note'> {
  if (begun.ok) return { firedAt: now, run: begun.value.run, note };
  const existing = runOf(begun.problem);
  if (existing !== undefined) return { firedAt: now, run: existing, note };
  return { firedAt: before.firedAt, run: before.run, note: `It did not start: ${begun.problem.message}` };
}

/** Another process, or this one before a kill, has started the run of this firing. */
function runOf({ existing }: Problem & { readonly existing?: number | undefined }): number | undefined {
  return existing;
}

function missedText(missed: number, last: number): string {
  return missed === 1
    ? `A firing was missed, ${dateAndTime(last)}: nothing listened.`
    : `${number(missed)} firings were missed, the last ${dateAndTime(last)}: nothing listened.`;
}
