import { counted } from '../../../common/format.ts';
import { encode } from '../../store/codec.ts';
import type { Journal } from '../../store/journal.ts';
import type { WaitKey, WaitRow, WaitStore } from '../../store/wait-store.ts';
import type { Abortable } from '../abort-registry.ts';
import type { Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { answerOf } from './answers.ts';
import type { Answer, NewWait, Waits } from './waits.ts';

/**
 * A wait that ends within this time is waited for by the process that has begun it. For others the run rests: no process has to
 * run while a person decides.
 */
const WAITS_HERE_MS = 60_000;

interface OpenWait {
  readonly row: WaitRow;
  readonly resolve: (answer: Answer) => void;
}

/** The waits of a run. What they wait for comes by way of the store: whoever answers writes it there. */
export class DurableWaits implements Waits {
  readonly #run: Run;
  readonly #store: WaitStore;
  readonly #journal: Journal;
  readonly #open = new Map<string, OpenWait>();
  #hasRested = false;
  readonly #isSubflow: boolean;
  #seenChanges: string | undefined;

  /** @param isSubflow Whether the run is a part of another one, in whose process it is. */
  constructor(run: Run, store: WaitStore, journal: Journal, isSubflow: boolean) {
    this.#run = run;
    this.#isSubflow = isSubflow;
    this.#store = store;
    this.#journal = journal;
  }

  get hasRested(): boolean {
    return this.#hasRested;
  }

  get waiting(): readonly WaitRow[] {
    return [...this.#open.values()].map(({ row }) => row);
  }

  get isSettled(): boolean {
    return this.#journal.isSettled;
  }

  async open({ scope, node, timeout, kind, event, description }: NewWait): Promise<WaitRow> {
    const before = this.#store.last(scope.id, node);
    const isCurrent = before?.taken === 0 && before.status !== 'withdrawn';
    // An answer counts for what it was given for: a batch that begins anew may have other items.
    if (isCurrent && before.batchAttempt === scope.attempt) return before;
    const since = this.#run.clock.now();
    const row: WaitRow = {
      scope: scope.id,
      node,
      ask: (before?.ask ?? 0) + 1,
      batchAttempt: scope.attempt,
      token: crypto.randomUUID().replaceAll('-', ''),
      kind,
      event,
      description,
      payload: scope.last === undefined && scope.parent === undefined ? null : encode(scope.lastOutput, 'payload'),
      since,
      until: timeout === undefined ? null : since + timeout,
      status: 'open',
      answer: null,
      taken: 0,
    };
    this.#journal.write(() => {
      if (before && isCurrent) this.#store.end(before, 'withdrawn', since);
      this.#store.open(row);
    });
    await this.#journal.committed();
    return row;
  }

  shows(wait: WaitKey, payload: string): void {
    this.#store.shows(wait, payload);
  }

  async answer(row: WaitRow, scope: Scope): Promise<Answer> {
    const { stopping, clock } = this.#run;
    const known = answerOf(row);
    if (known) return known;
    stopping.check(scope);
    return await new Promise<Answer>((resolve, reject) => {
      const done = () => {
        cancelTimer?.();
        this.#open.delete(keyOf(row));
        stopping.abortables.unregister(waiting);
      };
      const waiting: Abortable = {
        scopeOf: scope,
        isAtRest: () => true,
        starve: () => false,
        abort: error => {
          done();
          reject(error);
        },
      };
      const left = row.until === null ? undefined : row.until - clock.now();
      const cancelTimer =
        left === undefined || left > WAITS_HERE_MS
          ? undefined
          : clock.after(Math.max(0, left), () => this.#timeOut(row));
      this.#open.set(keyOf(row), {
        row,
        resolve: answer => {
          done();
          resolve(answer);
        },
      });
      stopping.abortables.register(waiting);
    });
  }

  async passOver(row: WaitRow): Promise<WaitRow> {
    const next = { ...row, ask: row.ask + 1, token: crypto.randomUUID().replaceAll('-', '') };
    this.#journal.write(() => this.#store.passOver(row, next));
    await this.#journal.committed();
    return this.#store.last(row.scope, row.node) ?? { ...next, status: 'open', answer: null, taken: 0 };
  }

  take(wait: WaitKey): void {
    this.#store.take(wait);
  }

  withdraw({ scope, node }: Pick<WaitKey, 'scope' | 'node'>): void {
    const at = this.#run.clock.now();
    this.#journal.write(() => {
      // Not the wait that the step began with, where events were passed over since.
      const last = this.#store.last(scope, node);
      if (last) this.#store.end(last, 'withdrawn', at);
    });
  }

  look(): void {
    if (this.#open.size === 0) return;
    for (const end of this.#store.ended()) {
      const answer = answerOf(end);
      if (answer) this.#open.get(keyOf(end))?.resolve(answer);
    }
    const now = this.#run.clock.now();
    for (const { row } of this.#open.values()) if (row.until !== null && row.until <= now) this.#timeOut(row);
  }

  rest(): boolean {
    const { stopping, clock } = this.#run;
    const all = this.#all;
    const waits = all.flatMap(({ waiting }) => waiting);
    if (stopping.stop || waits.length === 0 || !stopping.abortables.isAtRest) return false;
    const now = clock.now();
    if (waits.some(({ until }) => until !== null && until - now <= WAITS_HERE_MS)) return false;
    for (const each of all) each.noteRest();
    stopping.request({ as: 'paused', reason: `it waits for ${whatIsWaitedFor(waits)}` });
    return true;
  }

  restIfIdle(): void {
    // Of a run that is a part of another one, that decides.
    if (this.#isSubflow) return;
    const changes = this.#run.withSubflows
      .map(({ facts, stopping }) => `${facts.uid} ${stopping.abortables.changes}`)
      .join();
    // What stands between the end of one step and the beginning of the next is in no list.
    const isIdle = this.#seenChanges === changes && this.#all.every(({ isSettled }) => isSettled);
    this.#seenChanges = changes;
    if (isIdle) this.rest();
  }

  noteRest(): void {
    this.#hasRested = true;
  }

  /** Those of this run, and of the runs that are executed as a part of it. */
  get #all(): Waits[] {
    return this.#run.withSubflows.flatMap(({ waits }) => waits ?? []);
  }

  /** Whoever has answered meanwhile comes first. */
  #timeOut(row: WaitRow): void {
    this.#journal.write(() => {
      this.#store.end(row, 'timeout', this.#run.clock.now());
      const now = this.#store.last(row.scope, row.node);
      const answer = now && answerOf(now);
      if (answer) this.#open.get(keyOf(row))?.resolve(answer);
    });
  }
}

function keyOf({ scope, node, ask }: WaitKey): string {
  return `${scope}/${node}/${ask}`;
}

/** `2 approvals and 1 event`. */
function whatIsWaitedFor(waits: readonly WaitRow[]): string {
  const approvals = waits.filter(({ kind }) => kind === 'humanInTheLoop').length;
  const events = waits.length - approvals;
  const parts = [];
  if (approvals > 0) parts.push(counted(approvals, ['approval', 'approvals']));
  if (events > 0) parts.push(counted(events, ['event', 'events']));
  return parts.join(' and ');
}
