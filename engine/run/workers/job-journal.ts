import type { RunProgress } from '../run-progress.ts';
import type { EffectReads } from '../stored-reads.ts';
import type { RunJournal, Writes } from '../run.ts';
import { ProgressTold } from './progress-change.ts';
import type {
  Ack,
  CommitAnswer,
  Entry,
  JobId,
  JobOutcome,
  StateAuthor,
  StateIntent,
  StepChange,
  Write,
} from './protocol.ts';
import { recordingEffects, recordingWriter, type EffectRows } from './recorded-writes.ts';

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/**
 * The journal of a job in a worker: what is written in one turn of the event loop is one entry for the runner, and is
 * committed when the runner says that it is stored.
 */
export class JobJournal implements RunJournal {
  readonly writer: Writes;
  readonly #id: JobId;
  /** Has `flush` called at the end of this turn. */
  readonly #schedule: () => void;
  readonly #send: (entry: Entry) => void;
  #told: ProgressTold | undefined;
  #thunks: (() => void)[] = [];
  #writes: Write[] = [];
  /** Whether something is to be sent at the end of this turn. */
  #isScheduled = false;
  /** Of those who wait for that. */
  #group: PromiseWithResolvers<void> | undefined;
  /** Whether the last entry will not be acknowledged, since nobody waited for it. */
  #isLastUnawaited = false;
  #seq = 0;
  /** By seq: what waits for it to be stored. */
  readonly #unacked = new Map<number, PromiseWithResolvers<void>>();
  readonly #commits = new Map<number, PromiseWithResolvers<CommitAnswer>>();
  #last: Promise<void> = NOTHING_TO_WAIT_FOR;
  #isOver = false;

  constructor(id: JobId, schedule: () => void, send: (entry: Entry) => void) {
    this.#id = id;
    this.#schedule = schedule;
    this.#send = send;
    this.writer = recordingWriter(write => this.#writes.push(write));
  }

  /** The counts of the job, which go with its entries. */
  watch(progress: RunProgress): ProgressTold {
    return (this.#told = new ProgressTold(progress));
  }

  /** Reads what is stored of effects, and notes what is to be. */
  effects(stored: EffectReads): EffectRows {
    return recordingEffects(stored, write => this.#writes.push(write));
  }

  /** Whether its end was sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether entries are on their way. */
  get isWaiting(): boolean {
    return this.#unacked.size > 0 || this.#isScheduled;
  }

  write(statement: () => void): void {
    // A member of a race that has lost may end after its batch has: nothing of it counts any more.
    if (this.#isOver) return;
    this.#thunks.push(statement);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule();
  }

  committed(): Promise<void> {
    // An entry that is acknowledged says that those before it are stored as well.
    if (this.#isLastUnawaited) this.write(() => undefined);
    return this.#isScheduled ? (this.#group ??= Promise.withResolvers()).promise : this.#last;
  }

  /** Sends what was written. */
  flush(): void {
    if (!this.#isScheduled) return;
    const group = this.#takeGroup();
    const writes = this.#run(this.#thunks.splice(0));
    const progress = this.#told?.take();
    if (!group && !progress && writes.length === 0) return;
    this.#sendEntry(group, id => ({ ...id, kind: 'writes', writes, progress }));
  }

  /**
   * Sends the end of a step that writes state, as an entry of its own.
   * @param ended What the counts of the step become with it
   */
  commit(
    author: StateAuthor,
    intents: readonly StateIntent[],
    ended: Pick<StepChange, 'node' | 'path'>,
    write: () => void,
  ): Promise<CommitAnswer> {
    this.flush();
    const thunks: (() => void)[] = [];
    const outer = this.#thunks;
    // What `write` asks for is collected for this entry.
    this.#thunks = thunks;
    this.#isScheduled = true;
    try {
      write();
    } finally {
      this.#thunks = outer;
      this.#isScheduled = false;
    }
    const writes = this.#run(thunks);
    const step: StepChange = {
      ...ended,
      running: -1,
      succeeded: 1,
      failed: 0,
      retrying: 0,
      retries: 0,
      waited: 0,
      waits: [],
    };
    const progress = { nodes: [], steps: [step], executed: 0, batches: [] };
    const made = { kind: 'commit', writes, progress, author, intents } as const;
    const seq = this.#sendEntry(Promise.withResolvers(), id => ({ ...id, ...made }));
    const answer = Promise.withResolvers<CommitAnswer>();
    this.#commits.set(seq, answer);
    return answer.promise.then(given => {
      if (given.accepted) this.#told?.told(step);
      return given;
    });
  }

  /** Sends how the job has ended; nothing of it follows. */
  end(outcome: JobOutcome): void {
    const writes = this.#run(this.#thunks.splice(0));
    this.#isOver = true;
    const progress = this.#told?.take();
    this.#sendEntry(this.#takeGroup(), id => ({ ...id, kind: 'end', writes, progress, outcome }));
  }

  acknowledge({ seq, commit }: Ack): void {
    if (commit) this.#commits.get(seq)?.resolve(commit);
    this.#commits.delete(seq);
    // The runner takes entries in their order: those before are stored as well.
    for (const [sent, waiting] of this.#unacked) {
      if (sent > seq) continue;
      this.#unacked.delete(sent);
      waiting.resolve();
    }
  }

  #run(thunks: readonly (() => void)[]): Write[] {
    for (const thunk of thunks) thunk();
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  /** Those who wait for what is sent now. */
  #takeGroup(): PromiseWithResolvers<void> | undefined {
    const group = this.#group;
    this.#isScheduled = false;
    this.#group = undefined;
    return group;
  }

  /** Returns its seq. @param group Undefined: nobody waits for it */
  #sendEntry(
    group: PromiseWithResolvers<void> | undefined,
    make: (id: JobId & Pick<Entry, 'seq' | 'awaited'>) => Entry,
  ): number {
    this.#seq += 1;
    this.#isLastUnawaited = !group;
    if (group) {
      this.#unacked.set(this.#seq, group);
      this.#last = group.promise;
    }
    this.#send(make({ ...this.#id, seq: this.#seq, awaited: group !== undefined }));
    return this.#seq;
  }
}
