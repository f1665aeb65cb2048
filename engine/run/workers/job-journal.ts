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
  #pending: PromiseWithResolvers<void> | undefined;
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
    return this.#unacked.size > 0 || this.#pending !== undefined;
  }

  write(statement: () => void): void {
    // A member of a race that has lost may end after its batch has: nothing of it counts any more.
    if (this.#isOver) return;
    this.#thunks.push(statement);
    if (this.#pending) return;
    this.#pending = Promise.withResolvers();
    this.#pending.promise.catch(() => undefined);
    this.#schedule();
  }

  committed(): Promise<void> {
    return this.#pending?.promise ?? this.#last;
  }

  /** Sends what was written. */
  flush(): void {
    if (!this.#pending) return;
    const pending = this.#pending;
    this.#pending = undefined;
    const writes = this.#run(this.#thunks.splice(0));
    const { seq } = this.#sendEntry(id => ({ ...id, kind: 'writes', writes, progress: this.#told?.take() }));
    this.#wait(seq, pending);
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
    const before = this.#pending;
    this.#pending = Promise.withResolvers();
    this.#pending.promise.catch(() => undefined);
    try {
      write();
    } finally {
      this.#thunks = outer;
      this.#pending = before;
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
    const { seq } = this.#sendEntry(id => ({ ...id, kind: 'commit', writes, progress, author, intents }));
    this.#wait(seq, Promise.withResolvers());
    const answer = Promise.withResolvers<CommitAnswer>();
    answer.promise.catch(() => undefined);
    this.#commits.set(seq, answer);
    return answer.promise.then(given => {
      if (given.accepted) this.#told?.told(step);
      return given;
    });
  }

  /** Sends how the job has ended; nothing of it follows. */
  end(outcome: JobOutcome): void {
    const writes = this.#run(this.#thunks.splice(0));
    const pending = this.#pending ?? Promise.withResolvers();
    this.#pending = undefined;
    pending.promise.catch(() => undefined);
    this.#isOver = true;
    const { seq } = this.#sendEntry(id => ({ ...id, kind: 'end', writes, progress: this.#told?.take(), outcome }));
    this.#wait(seq, pending);
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

  #sendEntry(make: (id: JobId & { readonly seq: number }) => Entry): { readonly seq: number } {
    this.#seq += 1;
    const entry = make({ ...this.#id, seq: this.#seq });
    this.#send(entry);
    return entry;
  }

  #wait(seq: number, pending: PromiseWithResolvers<void>): void {
    pending.promise.catch(() => undefined);
    this.#unacked.set(seq, pending);
    this.#last = pending.promise;
  }
}
