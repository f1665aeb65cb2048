import { described } from '../../../common/effects.ts';
import { failpoint } from '../../failpoints.ts';
import { decode, encode, NotDataError } from '../../store/codec.ts';
import type { EffectRow } from '../../store/effect-store.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { Attempt } from '../attempt.ts';
import type { Run } from '../run.ts';
import type { EffectRows } from '../workers/recorded-writes.ts';
import { toStoredError } from '../stored-error.ts';
import { EffectConflictError, LostReceiptError, UnknownEffectError } from './effect-errors.ts';
import type { EffectCall, Effects } from './effects.ts';

type RunOfEffects = Pick<Run, 'journal' | 'clock' | 'stopping' | 'facts'>;

/**
 * The effects of a run. That one is about to be executed is committed before its function is called, and its receipt before
 * the step goes on: a process that is killed leaves it done, not called, or unknown, and never executed twice.
 */
export class StoredEffects implements Effects {
  readonly #run: RunOfEffects;
  readonly #store: EffectRows;
  /** Keys that are being worked at, and for whom. The function of an attempt that timed out may still be at work. */
  readonly #inFlight = new Map<string, { readonly attempt: Attempt; readonly ended: Promise<void> }>();
  #closed = false;

  readonly #callWithinMs: number;

  /**
   * @param options.callWithinMs How soon after it was told that an effect begins its function is called, at the latest. A worker
   * whose runner may have given it up meanwhile, and others the effect, tells it again first, and does not get an answer then.
   * @default No limit
   */
  constructor(
    run: RunOfEffects,
    store: EffectRows,
    { callWithinMs = Infinity }: { callWithinMs?: number | undefined } = {},
  ) {
    this.#run = run;
    this.#store = store;
    this.#callWithinMs = callWithinMs;
  }

  close(): void {
    this.#closed = true;
  }

  async execute(attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { key } = call;
    this.#checkOpen(attempt, key);
    for (let other = this.#inFlight.get(key); other; other = this.#inFlight.get(key)) {
      if (other.attempt === attempt) throw usedTwice(key);
      await other.ended;
      this.#checkOpen(attempt, key);
    }
    if (call.params === undefined && attempt.doneEffects.has(key)) throw usedTwice(key);
    const work = this.#inTurn(attempt, call);
    this.#inFlight.set(key, { attempt, ended: work.then(noted, noted) });
    const receipt = await work;
    attempt.doneEffects.add(key);
    return receipt;
  }

  /** It ends with its last write, also where the attempt was aborted meanwhile. */
  async #inTurn(attempt: Attempt, call: EffectCall): Promise<unknown> {
    try {
      return await this.#work(attempt, call);
    } finally {
      this.#inFlight.delete(call.key);
    }
  }

  async #work(attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { key, verify } = call;
    const row = await this.#store.find(key);
    if (row) await this.#checkOwner(row, attempt, call);
    this.#checkOpen(attempt, key);
    switch (row?.status) {
      case undefined:
        return await this.#perform(attempt, call);
      case 'done':
        return await this.#receiptOf(row, attempt, call);
      case 'failed':
      case 'unknown':
      case 'begun': {
        // It may have been done also where it threw: an answer that did not come in time is an error, too.
        const receipt = verify && (await verify(key));
        this.#checkOpen(attempt, key);
        if (receipt !== undefined && receipt !== null) return await this.#done(attempt, call, receipt, 'verify');
        if (!verify && row.status !== 'failed') throw new UnknownEffectError(key, this.#run.facts.info.id);
        return await this.#perform(attempt, call);
      }
    }
  }

  async #perform(attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { journal, clock } = this.#run;
    const { key, params, unit } = call;
    const at = clock.now();
    let toldAt: number;
    do {
      toldAt = clock.elapsed();
      journal.write(() => this.#store.begins(key, attempt, params, unit, at));
      await journal.committed();
      failpoint('effect-begun');
      try {
        this.#checkOpen(attempt, key);
      } catch (error) {
        this.#notDone(key, 'failed', error);
        throw error;
      }
    } while (clock.elapsed() - toldAt > this.#callWithinMs);
    let receipt: unknown;
    try {
      receipt = await call.perform();
    } catch (thrown) {
      // What a stop or a timeout has cut off may have reached the other side.
      this.#notDone(key, attempt.isAskedToStop ? 'unknown' : 'failed', thrown);
      throw thrown;
    }
    failpoint('effect-returned');
    return await this.#done(attempt, call, receipt, null);
  }

  async #done(attempt: Attempt, { key }: EffectCall, receipt: unknown, settled: 'verify' | null): Promise<unknown> {
    const { text, refusal } = encoded(key, receipt);
    const at = this.#run.clock.now();
    this.#write(() => {
      this.#store.done(key, text, at, settled);
      if (settled) this.#store.usedBy(key, attempt);
    });
    await this.#run.journal.committed();
    failpoint('effect-committed');
    if (refusal) throw refusal;
    return receipt;
  }

  async #receiptOf(row: EffectRow, attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { key, verify } = call;
    if (row.receipt === null) {
      const receipt = verify && (await verify(key));
      if (receipt === undefined || receipt === null) throw new LostReceiptError(key, this.#run.facts.info.id);
      return await this.#done(attempt, call, receipt, 'verify');
    }
    if (row.scope !== attempt.scope || row.batchAttempt !== attempt.batchAttempt)
      this.#write(() => this.#store.usedBy(key, attempt));
    return decode(row.receipt);
  }

  /** A key stands for one thing. Where the author does not say which (`params`), one batch of one step may use it. */
  async #checkOwner(row: EffectRow, attempt: Attempt, { key, params }: EffectCall): Promise<void> {
    if (row.node !== attempt.node)
      throw new EffectConflictError(
        `The effect ${described(key)} belongs to ${describeValue(row.path)}: ${describeValue(attempt.path)} cannot use its key for another one. ` +
          `Give it a key of its own.`,
      );
    const before = row.params ?? undefined;
    if (before !== params)
      throw new EffectConflictError(
        `The effect ${described(key)} ${happened(row)} with other params: ${shown(before)} then, ${shown(params)} now. ` +
          `Another effect needs another key.`,
      );
    if (params !== undefined || row.scope === attempt.scope) return;
    if (await this.#store.isInUse(row.scope, row.batchAttempt))
      throw new EffectConflictError(
        `The effect ${described(key)} belongs to another batch of ${describeValue(row.path)}. Name in the key what it is about, ` +
          `such as the id of the item; where both batches mean the same thing, give both the same params.`,
      );
  }

  /** @throws what ends the run or the attempt: nothing begins any more */
  #checkOpen(attempt: Attempt, key: string): void {
    this.#run.stopping.check(attempt.scopeOf);
    attempt.throwIfAborted();
    if (attempt.ended)
      throw new Error(
        `ctx.effect(${describeValue(key)}) came too late: its step has ended. Await everything a step does before it returns.`,
      );
  }

  #notDone(key: string, status: 'failed' | 'unknown', thrown: unknown): void {
    const at = this.#run.clock.now();
    this.#write(() => this.#store.notDone(key, status, JSON.stringify(toStoredError(thrown)), at));
  }

  /** The run may have ended without waiting for the author's function: then it stays unknown. */
  #write(statement: () => void): void {
    if (!this.#closed) this.#run.journal.write(statement);
  }
}

function usedTwice(key: string): EffectConflictError {
  return new EffectConflictError(
    `The effect ${described(key)} is used twice in one attempt of its step: the second one would not be executed. Name in the key what ` +
      `it is about, such as the id of the item.`,
  );
}

function encoded(key: string, receipt: unknown): { text: string | null; refusal?: NotDataError } {
  try {
    return { text: encode(receipt, `the receipt of effect ${describeValue(key)}`) };
  } catch (error) {
    if (error instanceof NotDataError) return { text: null, refusal: error };
    throw error;
  }
}

function happened({ status }: EffectRow): string {
  return status === 'done' ? 'was done' : 'was begun';
}

const LONGEST_SHOWN = 120;

function shown(params: string | undefined): string {
  if (params === undefined) return 'none';
  return params.length > LONGEST_SHOWN ? `${params.slice(0, LONGEST_SHOWN)}…` : params.trim();
}

function noted(): void {
  // Whoever called it has the error.
}
