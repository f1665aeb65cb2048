import { Journal } from '../../store/journal.ts';
import { decode, encode, NotDataError } from '../../store/codec.ts';
import { EffectStore } from '../../store/effect-store.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { firstSucceeded } from '../../store/probe-queries.ts';
import { ProbeStore } from '../../store/probe-store.ts';
import type { LogLine } from '../../store/records.ts';
import { RunReader } from '../../store/run-reader.ts';
import { RunWriter } from '../../store/run-writer.ts';
import { nodesOf, type NodeLine } from '../../store/run-queries.ts';
import { requireRun } from '../../store/runs.ts';
import { itemsText } from '../../store/step-queries.ts';
import { parseStoredError } from '../../store/parse-stored.ts';
import { hasBatches } from '../../../common/node-kinds.ts';
import { idOf } from '../../../common/node-paths.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { Definition, FlowNode } from '../../workflow/nodes.ts';
import { inBatchWords } from '../batch-attempt.ts';
import { Stopwatch, systemClock } from '../clock.ts';
import { labelOf } from '../items/label.ts';
import { restoreScope } from '../restore.ts';
import { StepFailed } from '../run-attempt.ts';
import { Run } from '../run.ts';
import { RunFacts } from '../run-facts.ts';
import { Scope } from '../scope.ts';
import { TimeoutError } from '../stop.ts';
import { toStoredError } from '../stored-error.ts';
import type { Answer, ProbedInputs, ProbedItems } from './answer.ts';
import { executeBody } from './execute-body.ts';
import { instrument, type LastRead } from './instrument.ts';
import { placeOf, type Place } from './place.ts';
import { ProbeError } from './probe-error.ts';
import { WaitStore } from '../../store/wait-store.ts';
import { ProbedSubflows } from './probed-subflows.ts';
import { ProbedWaits } from './probed-waits.ts';
import { ProbedEffects } from './probed-effects.ts';
import { forgetFrom, hasStep } from './up-to-step.ts';

export interface ProberOf {
  /** The store of the run. It is only read. */
  readonly db: StoreDatabase;
  readonly run: number;
  /** The batch. */
  readonly scope: number;
  readonly definition: Definition;
  /** Hears of each run that a probe makes, before any of the author's code is executed. */
  readonly onBegin?: ((run: Run) => void) | undefined;
  readonly onLog?: ((line: LogLine) => void) | undefined;
}

/** Where an execution that somebody looks at in a debugger is to stop. */
export interface DebugOf {
  /** Of the batch, by index; undefined: all, with the recorded results of the steps before. */
  readonly items: readonly number[] | undefined;
  /** The path or the id of a step. @default The one that has failed; where none has, the body of the batch */
  readonly step: string | undefined;
  /** Hears of the author's functions, at the beginning of which to stop, right before one of them is called. */
  readonly onStop: (functions: readonly unknown[]) => void;
}

/** How `debug` executes the body. */
interface Debugged {
  readonly target: string | undefined;
  readonly isRecorded: boolean;
  readonly onCall: (path: string, functions: readonly unknown[]) => void;
}

/** The run that a prober reads from, and that no probe changes. */
interface Original {
  readonly stored: RunReader;
  readonly nodes: readonly NodeLine[];
  readonly lastScope: number;
  readonly state: readonly { readonly key: string; readonly value: string; readonly version: number }[];
}

/**
 * Executes the body of a batch over chosen items of it, and keeps nothing: what it writes goes into a store in memory, which
 * is emptied after each probe. What the author's code does outside is done.
 */
export class Prober {
  readonly #of: ProberOf;
  readonly #original: Original;
  readonly #memory: ProbeStore;
  readonly #facts: RunFacts;
  readonly #journal: Journal;
  readonly #writer: RunWriter;
  #place: Place | undefined;
  /** The items of the batch, each in the codec's text: every probe gets its own. */
  #items: readonly string[] = [];
  #control: string | undefined;
  /** What steps have read of the state. */
  readonly #stateRead = new Set<string>();
  #failure: { readonly error: unknown } | undefined;

  private constructor(of: ProberOf) {
    const { db, run } = of;
    const row = requireRun(db, run);
    const stored = new RunReader(db, run);
    this.#of = of;
    this.#original = {
      stored,
      nodes: nodesOf(db, run),
      lastScope: stored.lastScope(),
      state: [...stored.state()],
    };
    this.#memory = new ProbeStore(row);
    // Its keys are not those of the run: what an outside system does for a probe must not count as done for the run.
    this.#facts = new RunFacts({ ...row, uid: `${row.uid}-probe` });
    this.#journal = new Journal(this.#memory.db, ':memory:', {
      onFailure: error => {
        this.#failure = { error };
      },
    });
    this.#writer = new RunWriter(this.#memory.db, row.id, 1);
  }

  /** @throws ProbeError when the file no longer has the batch's node */
  static async open(of: ProberOf): Promise<Prober> {
    const prober = new Prober(of);
    await prober.#findBatch();
    return prober;
  }

  /** How many items the batch has. */
  get items(): number {
    return this.#items.length;
  }

  /** What is set aside of it: indices among the items that it was created with, in order. */
  get gone(): readonly number[] {
    return this.#original.stored.batches.itemsGone(this.#of.scope);
  }

  get place(): Place {
    if (!this.#place) throw new Error('the prober is not open');
    return this.#place;
  }

  get hasControl(): boolean {
    return this.#control !== undefined;
  }

  /** Executes the body over these items of the batch, an item that is known to be good, or values in place of items. */
  async probe(items: ProbedItems, instrumented: boolean): Promise<Answer> {
    const indices = items === 'control' || 'texts' in items ? undefined : items;
    const { answer, suspect } = await this.#execute(this.#textsOf(items), instrumented);
    if (this.#failure) throw this.#failure.error;
    if (answer.passed || suspect === undefined || !indices) return answer;
    return { ...answer, suspect: indices[suspect.index], member: suspect.member };
  }

  /** The step before which an execution with these options stops; undefined: it stops at the body. @throws ProbeError */
  stepOf(step: string | undefined): string | undefined {
    const { line, path } = this.place;
    if (step === undefined) return line.error === null ? undefined : parseStoredError(line.error).step;
    const inside = this.#original.nodes.filter(node => node.path.startsWith(`${path}/`)).map(node => node.path);
    const found = inside.find(other => other === step) ?? inside.find(other => idOf(other) === step);
    if (found !== undefined) return found;
    throw new ProbeError(
      `The batch has no step ${describeValue(step)}. It has ${inside.map(other => describeValue(idOf(other))).join(', ') || 'none'}.`,
    );
  }

  /**
   * Executes the body without time limits, and says when a step is about to be called. A whole batch goes on from the step: the
   * recorded results of what stands before it are used. With some of the items, all is executed, as no result is of them alone.
   * @throws ProbeError when the file no longer has the step
   */
  async debug({ items, step, onStop }: DebugOf): Promise<Answer> {
    const target = this.stepOf(step);
    const { path } = this.place;
    const { answer } = await this.#execute(items === undefined ? this.#items : this.#textsOf(items), false, {
      target,
      isRecorded: items === undefined,
      onCall: (called, functions) => {
        if (called === (target ?? path)) onStop(functions);
      },
    });
    if (this.#failure) throw this.#failure.error;
    return answer;
  }

  #textsOf(items: ProbedItems): readonly string[] {
    if (items === 'control') return [this.#control ?? ''];
    return 'texts' in items ? items.texts : items.map(item => this.#items[item] ?? '');
  }

  /** What a test needs to execute the body over these items, as far as probes have read it. */
  inputs(items: ProbedItems): ProbedInputs {
    const { parent } = this.place;
    const read = [...parent.results].filter(([, checkpoint]) => checkpoint.isRead);
    const steps = read.map(([name, { output }]) => [name, textForTest(output)] as const);
    return {
      isInside: parent.id !== 0,
      items: this.#textsOf(items),
      ...(this.#facts.isPayloadRead && { payload: encode(this.#facts.payload, 'payload') }),
      steps: steps.filter((step): step is readonly [string, string] => step[1] !== undefined),
      left: steps.filter(([, text]) => text === undefined).map(([name]) => name),
      state: this.#original.state.filter(({ key }) => this.#stateRead.has(key)).map(({ key, value }) => [key, value]),
    };
  }

  /** What the author calls items. */
  labels(items: readonly number[]): (string | undefined)[] {
    const { label } = this.place.node;
    return items.map(item => label && labelOf(label, decode(this.#items[item] ?? '')));
  }

  async #findBatch(): Promise<void> {
    const { db, run, scope, definition } = this.#of;
    const { stored } = this.#original;
    this.#place = await placeOf(this.#newRun(), { db, id: run, stored, definition }, scope);
    this.#items = (decode(this.#place.text) as unknown[]).map(item => encode(item, 'item'));
    const good = firstSucceeded(db, run, this.#place.line.node, this.#place.line.parent);
    const text = good === undefined ? undefined : itemsText(db, run, good, undefined);
    if (text !== undefined) this.#control = encode((decode(text) as unknown[])[0], 'item');
  }

  #newRun(effects = this.#effects(), debugged?: Debugged): Run {
    const { stored, nodes, lastScope, state } = this.#original;
    const { db, run: id, scope: batch } = this.#of;
    const run = new Run({
      facts: this.#facts,
      clock: systemClock,
      stopwatch: new Stopwatch(systemClock),
      activeBefore: 0,
      journal: this.#journal,
      writer: this.#writer,
      stored: new RunReader(this.#memory.db, Number(this.#facts.info.id)),
      effects: () => effects,
      waits: () => new ProbedWaits(new WaitStore(db, id), batch, what => effects.need(what)),
      subflows: () => new ProbedSubflows(db, id, batch, what => effects.need(what)),
      isProbe: true,
      hasNoTimeouts: debugged !== undefined,
      onCall: debugged?.onCall,
      graceMs: 0,
      onLog: line => this.#of.onLog?.(line),
      shared: (workflow, key) => stored.shared(workflow, key, systemClock.now()),
      // Scopes of the run are numbered up to there; those after it are the probe's own.
      outputs: (node, parent) => (parent <= lastScope ? stored : run.stored).batches.outputs(node, parent),
    });
    run.numbering.restore(nodes, lastScope);
    run.state.restore(state);
    for (const { node, path, kind } of nodes) if (hasBatches(kind)) run.progress.of(node, path);
    return run;
  }

  async #execute(
    texts: readonly string[],
    instrumented: boolean,
    debugged?: Debugged,
  ): Promise<{ answer: Answer; suspect: LastRead | undefined }> {
    const { node, path, parent, line } = this.place;
    const { locations } = this.#of.definition;
    const effects = this.#effects();
    const run = this.#newRun(effects, debugged);
    this.#of.onBegin?.(run);
    const items = texts.map(decode);
    const watched = instrumented ? instrument(items) : undefined;
    const isRecorded = debugged?.isRecorded === true;
    const scope = new Scope(isRecorded ? line.scope : run.numbering.newScope(), {
      path,
      parent,
      index: line.idx,
      attempt: isRecorded ? line.attempt : 1,
      batch: { node: node.id, index: line.idx, items: items.length },
      itemsText: texts.join(' '),
    });
    try {
      const body = { node, locations, scope, items, given: watched?.items };
      debugged?.onCall(path, [node.body]);
      await executeBody(run, body, debugged && (built => this.#goOnAt(run, scope, built, debugged)));
      return { answer: { passed: true }, suspect: undefined };
    } catch (error) {
      if (error instanceof ProbeError) throw error;
      const { needed: needsEffect } = effects;
      if (needsEffect !== undefined) return { answer: { passed: true, needsEffect }, suspect: undefined };
      const marked = error instanceof StepFailed ? error.marked[0]?.item : undefined;
      const last = watched?.last();
      const suspect = marked === undefined || last?.index === marked ? last : { index: marked, member: undefined };
      return { answer: this.#failed(error), suspect };
    } finally {
      run.stopping.requestNow({ as: 'interrupted', reason: 'the probe has ended' });
      run.stopping.end();
      for (const [key, { everRead }] of scope.seenState) if (everRead) this.#stateRead.add(key);
      await this.#journal.committed();
      this.#memory.clear();
    }
  }

  /** Gives the scope of a batch its recorded results, up to the step at which to stop. */
  #goOnAt(run: Run, scope: Scope, built: readonly FlowNode[], { target, isRecorded }: Debugged): void {
    if (target !== undefined && !hasStep(built, scope.path, target))
      throw new ProbeError(
        `The file no longer has the step ${describeValue(idOf(target))} in its place. Has it been renamed or removed? ` +
          `Choose another one.`,
      );
    if (!isRecorded) return;
    restoreScope({ stored: this.#original.stored }, scope);
    if (target !== undefined) forgetFrom(run.numbering, scope, built, target);
  }

  #effects(): ProbedEffects {
    return new ProbedEffects(new EffectStore(this.#of.db, this.#of.run, 0));
  }

  #failed(error: unknown): Answer {
    const { node } = this.place;
    if (error instanceof StepFailed) {
      const stored = inBatchWords(node, error.thrown, error.stored);
      return { passed: false, error: stored, isExhausted: error.thrown instanceof TimeoutError };
    }
    const stored = toStoredError(error, node.explain, node.at);
    return { passed: false, error: stored, isExhausted: error instanceof TimeoutError };
  }
}

/** Larger outputs are no part of a test. */
const LONGEST_IN_TEST = 5_000;

function textForTest(output: unknown): string | undefined {
  try {
    const text = encode(output, 'output');
    return text.length > LONGEST_IN_TEST ? undefined : text;
  } catch (error) {
    // The result of a batch node has functions.
    if (error instanceof NotDataError) return undefined;
    throw error;
  }
}
