import { hasBatches, hasRounds, isLeaf } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';
import { sourcesOfSessions } from '../../engine/store/recording-queries.ts';
import { mappedOf, nodesOf } from '../../engine/store/run-queries.ts';
import { itemsText } from '../../engine/store/step-queries.ts';
import { PROTOCOL, type Args, type BatchDetail, type MethodName, type Result, type ShownValue } from '../api/api.ts';
import { callKey } from '../api/recording.ts';
import * as batches from '../store/batches.ts';
import { compareAttempts } from '../store/compare.ts';
import { getEffects } from '../store/effects.ts';
import { getHistory } from '../store/history.ts';
import * as items from '../store/items.ts';
import { oddBatches } from '../store/odd/odd.ts';
import * as runs from '../store/runs.ts';
import { getSetAside } from '../store/set-aside.ts';
import type { StoreConnection } from '../store/store-connection.ts';
import { getTimeline } from '../store/timeline.ts';
import { getTimes } from '../store/times/times.ts';
import * as values from '../store/values.ts';
import { getWorkers } from '../store/workers.ts';
import { SHAPES, type RecordedMethod } from './shapes.ts';
import { shaped, type Redaction, type Shape } from './shape.ts';

/** A value up to so many characters is in a file as a whole; of a longer one, its beginning. */
export const WHOLE_VALUE = 400_000;
const MOST_EVENTS = 5_000;
const MOST_SET_ASIDE = 1_000;
const TIMELINE_COLUMNS = 800;

/** Answers to what a page may ask, by what it asks. */
export class Answers {
  readonly calls: Record<string, unknown> = {};
  readonly #store: StoreConnection;
  readonly #run: number;
  readonly #redaction: Redaction;

  constructor(store: StoreConnection, run: number, redaction: Redaction) {
    this.#store = store;
    this.#run = run;
    this.#redaction = redaction;
  }

  /** What is asked when a run is opened, and in its panels. */
  addRun({ program, live }: { readonly program: string; readonly live: boolean }): void {
    const [store, run] = [this.#store, this.#run];
    const db = store.dbOf(run);
    const { sources: _, ...detail } = runs.runDetail(store, run);
    const snapshot = runs.runSnapshot(store, run);
    const steps = runs.stepCounts(store, run);
    const hello: Result<'hello'> = { protocol: PROTOCOL, version: program, shell: 'file', platform: 'file' };
    this.#put('hello', {}, hello);
    this.#add('getRun', { run }, { ...detail, codeChanged: false, live });
    this.#add(
      'watchRun',
      { run },
      { run, seq: 0, progress: { ...snapshot.progress, steps }, maps: [...snapshot.maps] },
    );
    this.#add('getProblems', { run }, batches.getProblems(store, { run }));
    this.#add('getFindings', { run }, items.getFindings(store, { run }));
    this.#add('getInCommon', { run }, items.getInCommon(store, { run }));
    this.#add('getAmounts', { run }, values.getAmounts(store, { run }));
    this.#add('getState', { run }, values.getState(store, { run }));
    this.#add('getTimes', { run }, getTimes(store, { run }));
    this.#add('getOdd', { run }, { batches: oddBatches(store, { run }) });
    this.#add(
      'getTimeline',
      { run, columns: TIMELINE_COLUMNS },
      getTimeline(store, { run, columns: TIMELINE_COLUMNS }),
    );
    this.#add('getSetAside', { run, limit: MOST_SET_ASIDE }, getSetAside(store, { run, limit: MOST_SET_ASIDE }));
    this.#add('getEffects', { run, scope: 0 }, getEffects(store, { run, scope: 0 }));
    this.#add('getWorkers', { run }, getWorkers(store, { run }));
    this.#addEvents({});
    this.#addEvents({ scope: 0 });
    this.#addValue('getPayload', { run }, full => values.getPayload(store, { run, full }));
    const result = values.getResult(store, { run });
    if (result === null) this.#put('getResult', { run }, null);
    else this.#addValue('getResult', { run }, full => values.getResult(store, { run, full }) ?? result);
    const nodes = nodesOf(db, run);
    for (const { node } of mappedOf(nodes)) {
      this.#add('getRepeated', { run, node }, batches.getRepeated(store, { run, node }));
      for (const by of ['attempt', 'cause'] as const)
        this.#add('getOverlay', { run, node, by }, batches.getOverlay(store, { run, node, by }));
    }
    const repeated = nodes.filter(({ kind }) => hasBatches(kind) || hasRounds(kind)).map(({ path }) => path);
    for (const { path, kind } of nodes)
      if (isLeaf(kind) && !repeated.some(other => isInside(path, other))) this.#addStep(path);
    if (this.#redaction.hasValues) this.#addSources();
  }

  /** What it was at every moment: for the playback. */
  addHistory(): void {
    this.#add('getHistory', { run: this.#run }, getHistory(this.#store, { run: this.#run }));
  }

  /** All there is of one batch. */
  addBatch(scope: number): void {
    const [store, run] = [this.#store, this.#run];
    const detail = batches.getBatch(store, { run, scope });
    this.#add('getBatch', { run, scope }, detail);
    // A round of a while has none.
    if (itemsText(store.dbOf(run), run, scope, undefined) !== undefined) this.#addItems(scope, detail);
    for (const { node, attempt, outputSize } of detail.attempts)
      if (outputSize !== undefined) this.#addOutput(scope, node, attempt);
    if (detail.attempt > 1)
      for (const against of ['before', 'first'] as const)
        this.#add('compareAttempts', { run, scope, against }, compareAttempts(store, { run, scope, against }));
    if (detail.effects > 0) this.#add('getEffects', { run, scope }, getEffects(store, { run, scope }));
  }

  #addItems(scope: number, detail: BatchDetail): void {
    const [store, run] = [this.#store, this.#run];
    this.#addValue('getItems', { run, scope }, full => values.getItems(store, { run, scope, full }));
    const attempts = new Set(detail.attempts.map(({ batchAttempt }) => batchAttempt));
    for (const attempt of detail.attempt > 1 ? attempts : [])
      this.#addValue('getItems', { run, scope, attempt }, full =>
        values.getItems(store, { run, scope, attempt, full }),
      );
  }

  #addStep(path: string): void {
    const [store, run] = [this.#store, this.#run];
    const step = batches.getStep(store, { run, path });
    this.#add('getStep', { run, path }, step);
    for (const { scope, node, attempt, outputSize } of step.attempts)
      if (outputSize !== undefined) this.#addOutput(scope, node, attempt);
  }

  #addOutput(scope: number, node: number, attempt: number): void {
    const args = { run: this.#run, scope, node, attempt };
    this.#addValue('getOutput', args, full => values.getOutput(this.#store, { ...args, full }));
  }

  #addEvents(of: { readonly scope?: number }): void {
    const args = { run: this.#run, ...of, from: 0, limit: MOST_EVENTS };
    this.#add('getLogEvents', args, values.getLogEvents(this.#store, args));
  }

  #addSources(): void {
    const [store, run] = [this.#store, this.#run];
    for (const { session, file } of sourcesOfSessions(store.dbOf(run), run)) {
      const text = values.sourceText(store, { run, session, file });
      const named = this.#redaction.file(file);
      if (text !== null) this.#add('getSource', { run, session, file: named }, { file: named, text, changed: false });
    }
  }

  #addValue<M extends 'getItems' | 'getOutput' | 'getPayload' | 'getResult'>(
    method: M,
    args: Args<M>,
    read: (full: boolean) => ShownValue,
  ): void {
    const first = read(false);
    const value = first.truncated && first.size <= WHOLE_VALUE ? read(true) : first;
    this.#put(method, args, shaped<ShownValue>(SHAPES.getItems, value, this.#redaction));
  }

  #add<M extends RecordedMethod>(method: M, args: Args<M>, answer: Result<M>): void {
    const shape: Shape<Result<M>> = SHAPES[method] as unknown as Shape<Result<M>>;
    this.#put(method, args, shaped(shape, answer, this.#redaction));
  }

  #put(method: MethodName, args: Readonly<Record<string, unknown>>, answer: unknown): void {
    this.calls[callKey(method, args)] = answer;
  }
}
