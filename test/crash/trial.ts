import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEASE_MS, OwnerWatch } from '../../engine/store/owner-watch.ts';
import { eventually, type Call } from '../support/call.ts';
import { IN_CONTAINER } from '../support/container.ts';
import {
  checkAtRest,
  checkBetween,
  checkItems,
  checkOutcome,
  checkRivals,
  checkSessions,
  OUTCOME_PARTS,
  Violation,
  type Moment,
  type OutcomePart,
} from './checks.ts';
import { answersFor, LEFT_ALIKE, NOTHING_NEEDED, randomEdit, withNames, type Needed } from './edits.ts';
import { whereOf, type Kill } from './kill.ts';
import { NextSession, type Standing } from './next-session.ts';
import { mostInFlight, Random, randomPlan, stepNames, withWorkers, type Plan } from './plan.ts';
import { killFromOutside, killIfThere, leftBehind, untilRunnersGone, within } from './processes.ts';
import { readRecord, type StoreRecord } from './record.ts';
import { uninterrupted, type Reference } from './reference.ts';
import { describe, whomOf, type Session } from './session.ts';
import {
  commandLine,
  commandOf,
  HostShell,
  noShell,
  processesOf,
  startWorker,
  WORKFLOW,
  type Shell,
  type Task,
} from './shell.ts';
import { LEDGER, readLedger, WORKER, type Noted } from './world.ts';

/*
 * A trial: a random workflow, run by the command line and by the host, killed and taken up again until it is over, and looked at
 * after each kill. The same seed makes the same workflow, and the same kills at the same lines of its ledger or points
 * of the engine.
 */

/** A kill that came. */
export interface Death {
  readonly whom: string;
  readonly where: string;
}

export interface Told {
  readonly seed: number;
  readonly deaths: readonly Death[];
  readonly sessions: number;
  readonly repeated: number;
  readonly orphans: number;
  /** Commands that were given in a container of their own. */
  readonly contained: number;
  /** Commands for a run that another process worked on, which it could not see, and that were refused. */
  readonly refusedBeside: number;
}

/** Where there is a queue. */
const WORKERS = 2;
/** Others may keep the machine busy. */
const LONGEST_SESSION_MS = 150_000;
/** What one is told who comes too late. */
const TAKEN = /^Run 1 (?:is being worked on by process|has completed|has failed|is running)/;
const SUPPLIED = ['world.ts', 'build.ts', 'state-kinds.ts'] as const;

export interface TrialOptions {
  /** The kills, one each time it is begun or taken up, instead of random ones. */
  readonly script?: readonly Kill[];
  /** How many kills at most. */
  readonly kills?: number;
  /** Processes that execute the batches of each loop. @default 2 for each eighth seed, else none */
  readonly workers?: number;
  /** The address of a queue: workers like those on other machines execute its batches. */
  readonly queue?: string | undefined;
  /** Whether what a trial without a violation leaves is kept. */
  readonly keep?: boolean;
  readonly say?: (text: string) => void;
}

/** @throws Violation with what was done, and how to do it again */
export async function trial(seed: number, options: TrialOptions = {}): Promise<Told> {
  const subject = new Trial(seed, options);
  try {
    const told = await subject.run();
    if (!options.keep) subject.remove();
    return told;
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    throw new Violation(
      error instanceof Violation ? error.kind : 'other',
      `Seed ${seed}: ${error instanceof Violation ? message : (stack ?? message)}\n  after ${subject.history.join('\n        ')}\n  What is left of it: ${subject.folder}`,
    );
  } finally {
    await subject.end();
  }
}

class Trial {
  readonly seed: number;
  readonly folder: string;
  readonly history: string[] = [];
  /** As it was at first; `#edited` is what the file says now. */
  readonly #plan: Plan;
  #edited: Plan;
  /** Names of steps that an edit has taken out of the file. */
  readonly #removed = new Set<string>();
  /** What of its outcome is to be as if nobody had edited the file. */
  #alike: readonly OutcomePart[] = OUTCOME_PARTS;
  /** Its own chances, so that a seed kills as it did before files were edited. */
  readonly #edits: Random;
  readonly #isEdited: boolean;
  #edit = 0;
  readonly #most: number;
  /** Whether some of its commands are given in containers. */
  readonly #isContained: boolean;
  readonly #say: ((text: string) => void) | undefined;
  readonly #deaths: Death[] = [];
  #host: HostShell | undefined;
  #before: Moment | undefined;
  /** What was noted since the moment before. */
  #latest: readonly Noted[] = [];
  #mended = false;
  /** Sessions when its outcome was last looked at. */
  #compared: number | undefined;
  #repeated = 0;
  #orphans = 0;
  #sessions = 0;
  #contained = 0;
  #refusedBeside = 0;
  #lines = 0;
  readonly #next: NextSession;
  readonly #hasWorkers: boolean;
  readonly #queue: string | undefined;

  constructor(seed: number, { script, kills = 14, say, queue, workers = seed % 8 === 7 ? 2 : 0 }: TrialOptions) {
    this.seed = seed;
    this.#queue = queue;
    this.#say = say;
    const random = new Random(seed);
    const plan = randomPlan(random);
    this.#hasWorkers = workers > 0 || queue !== undefined;
    this.#plan = workers > 0 ? withWorkers(plan, workers) : plan;
    this.#edits = new Random(seed + 0x5eed);
    this.#edited = withNames(this.#plan);
    // Half of the workflows are edited between a kill and what comes next.
    this.#isEdited = !script && this.#edits.chance(0.5);
    this.#isContained = !script && queue === undefined && IN_CONTAINER !== undefined && this.#edits.chance(0.08);
    this.#most = mostInFlight(this.#plan);
    const most = Math.min(kills, random.int(6, 14));
    this.#next = new NextSession({
      random,
      kills: script ? script.length : most,
      script,
      isContained: this.#isContained,
      most: this.#most,
    });
    // The real path: on some systems the temporary folder is a symbolic link.
    this.folder = realpathSync(mkdtempSync(path.join(tmpdir(), `cronflow-crash-${seed}-`)));
    for (const name of SUPPLIED) copyFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)), this.#at(name));
    this.#writeFile();
  }

  #writeFile(): void {
    writeFileSync(
      this.#at(WORKFLOW),
      `import { cronflow } from 'cronflow';
import { build } from './build.ts';
import { LEDGER, World } from './world.ts';

build(cronflow, ${JSON.stringify(this.#edited, null, 2)}, new World(import.meta.dirname, LEDGER, process.env.CRASH_LINE));
`,
    );
  }

  async run(): Promise<Told> {
    const broken = await uninterrupted(this.#plan, this.folder, 'broken');
    this.#lines = broken.lines;
    let sound: Reference | undefined;
    for (;;) {
      const task = this.#next.task(this.#standing);
      if (task === undefined) break;
      const needed = await this.#afterEdits(task);
      if (needed !== 'done') await this.#session(this.#next.session(task, needed, this.#standing));
      const { status, sessions } = {
        status: this.#before?.record.summary.status,
        sessions: this.#before?.record.sessions.length,
      };
      // A re-run that was killed before it began has changed nothing.
      if ((status !== 'completed' && status !== 'failed') || sessions === this.#compared) continue;
      this.#compared = sessions;
      if (!this.#mended) {
        checkOutcome(this.#outcome(), broken.outcome, this.#alike);
        writeFileSync(this.#at('mended'), '');
        this.#mended = true;
      } else {
        sound ??= await uninterrupted(this.#plan, this.folder, 'sound');
        checkOutcome(this.#outcome(), sound.outcome, this.#alike);
        checkItems(this.#outcome(), this.#plan);
      }
      if (this.#before) checkSessions(this.#before.record);
    }
    return {
      seed: this.seed,
      deaths: this.#deaths,
      sessions: this.#sessions,
      repeated: this.#repeated,
      orphans: this.#orphans,
      contained: this.#contained,
      refusedBeside: this.#refusedBeside,
    };
  }

  async end(): Promise<void> {
    await this.#host?.close();
    for (const pid of processesOf(this.folder)) killIfThere(pid);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #at(name: string): string {
    return path.join(this.folder, name);
  }

  get #standing(): Standing {
    return {
      before: this.#before,
      edited: this.#edited,
      sessions: this.#sessions,
      isHostOpen: this.#host !== undefined && !this.#host.isOver,
      lines: this.#lines,
    };
  }

  #outcome(): Moment['record']['outcome'] {
    if (!this.#before) throw new Error('There is no run.');
    return this.#before.record.outcome;
  }

  /**
   * Edits the file now and then. Where work has no place in it any more, the run must not go on before it is told what
   * became of that work.
   */
  async #afterEdits(task: Task): Promise<Needed | 'done'> {
    const record = this.#before?.record;
    if (!this.#isEdited || !record || task.kind === 'start' || task.kind === 'cancel') return NOTHING_NEEDED;
    if (this.#next.hasKillsLeft && this.#edits.chance(0.5)) {
      const edit = randomEdit(this.#edited, this.#edits, ++this.#edit);
      if (edit) {
        for (const name of stepNames(this.#edited)) if (!stepNames(edit.plan).has(name)) this.#removed.add(name);
        this.#edited = edit.plan;
        this.#alike = this.#alike.filter(part => (LEFT_ALIKE[edit.kind] as readonly OutcomePart[]).includes(part));
        this.#writeFile();
        this.history.push(`edit: ${edit.what}`);
      }
    }
    const needed = answersFor(record, this.#edited, this.folder, task.kind);
    // What nobody asks for any more may be left as it is; here the author says it all the same, so that a place stays one.
    if (!needed.isNeeded || (task.kind === 'rerun' && needed.answers.renamed?.length)) return needed;
    const { status, message } = await noShell(this.folder, { task, env: {} }).answer;
    await this.#untilRunnersGone();
    // What a re-run takes out of use is in nobody's way.
    if (task.kind === 'rerun' && status !== undefined) {
      this.history.push(`none: rerun with the edited file: ${status}`);
      await this.#look({ task }, status);
      return 'done';
    }
    if (status !== undefined || !message.includes('because it has work of nodes that have changed'))
      throw new Violation('other', `It was not refused without a word on what changed: ${status} ${message}`);
    this.history.push(`  refused; then ${JSON.stringify(needed.answers)}`);
    await this.#look({ task: { kind: 'resume' } }, undefined);
    if (this.#before?.record.sessions.length !== record.sessions.length)
      throw new Violation('other', 'What was refused has begun a session.');
    return needed;
  }

  // Doing it

  async #session(asked: Session): Promise<void> {
    // The Studio has no queue, and a runner without a shell is not given one.
    const session: Session =
      this.#queue === undefined
        ? asked
        : { ...asked, shell: 'command line', pauseAfter: undefined, queue: this.#queue };
    const { task, kill } = session;
    this.history.push(describe(session));
    this.#sessions += 1;
    const since = performance.now();
    const workers = await this.#startWorkers(session);
    const shell = this.#shell(session);
    const began = new Set(processesOf(this.folder));
    if (kill?.when.kind === 'time')
      setTimeout(() => {
        const [worker] = kill.whom === 'both' ? workers : [];
        if (worker) killIfThere(worker.pid);
        killFromOutside(this.folder, kill.whom, shell, began);
      }, kill.when.ms);
    const rival = session.hasRival
      ? commandLine(
          this.folder,
          { task, env: {}, hasRival: true, queue: this.#queue },
          { isContained: this.#isContained },
        ).answer
      : undefined;
    this.#contained += Number(session.shell === 'container') + Number(session.hasRival === true && this.#isContained);
    const answer = await within(
      LONGEST_SESSION_MS,
      shell.answer,
      () =>
        `It has not ended within ${LONGEST_SESSION_MS / 1000} s: ${processesOf(this.folder)
          .map(pid => `${pid} ${commandOf(pid)}`)
          .join('; ')}`,
    );
    const others = await rival;
    await this.#endWorkers(workers);
    await this.#untilRunnersGone();
    // One that had put its end on record has no other word for it: it is on its way through that point that it ends.
    const diedAtEnd =
      kill?.when.kind === 'point' &&
      kill.when.point === 'after-end' &&
      answer.status !== undefined &&
      answer.status !== 'interrupted';
    const died = answer.shellKilled || answer.message.includes('SIGKILL') || diedAtEnd;
    // Where both were killed nobody is left who could end it.
    // A worker of another machine leaves what its steps have started.
    const mayBeLeft =
      this.#queue !== undefined || (answer.shellKilled && (kill?.whom === 'both' || kill?.when.kind === 'time'));
    if (!mayBeLeft) {
      await eventually('what steps had started is gone', () => leftBehind(this.folder).length === 0, 15).catch(() => {
        throw new Violation(
          'other',
          `What a step had started is still there: ${leftBehind(this.folder)
            .map(pid => `${pid} ${commandOf(pid)}`)
            .join('; ')}`,
        );
      });
    }
    // Without one of its workers a run goes on.
    const hasLostWorker = !died && this.#hasKilledWorker();
    const orphans = leftBehind(this.folder);
    this.#orphans += orphans.length;
    for (const pid of orphans) killIfThere(pid);
    this.history.push(`  ${died ? 'killed' : 'not killed'}: ${answer.status ?? ''} ${answer.message}`.trimEnd());
    if ((died || hasLostWorker) && kill) {
      this.#deaths.push({ whom: hasLostWorker ? WORKER : whomOf(session, answer), where: whereOf(kill, task) });
    }
    const isContainerKilled = session.shell === 'container' && answer.shellKilled;
    this.#next.became({
      kill,
      hasKilled: died || hasLostWorker,
      isContainerKilled,
      // Whoever is left of two has seen to it.
      isLeftByContainer: isContainerKilled && !others,
    });
    if (others) this.history.push(`  the other: ${others.status ?? ''} ${others.message}`.trimEnd());
    for (const { status, message, shellKilled } of [answer, ...(others ? [others] : [])]) {
      const isRefused = status === undefined && !shellKilled && !message.includes('SIGKILL');
      if (isRefused && !(others && TAKEN.test(message)))
        throw new Violation('other', `${session.shell} refused to ${task.kind}: ${message}`);
      if (isRefused && this.#isContained && message.includes('being worked on')) this.#refusedBeside += 1;
    }
    await this.#look(session, others ? undefined : answer.status);
    if (others)
      checkRivals(this.#latest, { hasWorkers: this.#hasWorkers, most: died || hasLostWorker ? this.#most : 0 });
    this.#say?.(`${Math.round(performance.now() - since)} ms ${this.history.slice(-2).join(';')}`);
  }

  async #startWorkers({ task, env }: Session): Promise<readonly Call[]> {
    const { folder } = this;
    const queue = this.#queue;
    if (queue === undefined || task.kind === 'cancel') return [];
    return await Promise.all(Array.from({ length: WORKERS }, () => startWorker(folder, { queue, env })));
  }

  /** They hear of the next session from another process: each has its own. */
  async #endWorkers(workers: readonly Call[]): Promise<void> {
    for (const { pid } of workers) killIfThere(pid);
    await Promise.all(workers.map(({ done }) => done));
  }

  #hasKilledWorker(): boolean {
    const note = this.#at(`killed-${this.#sessions}`);
    return existsSync(note) && readFileSync(note, 'utf8') === WORKER;
  }

  #shell(session: Session): Shell {
    if (session.shell === 'command line') return commandLine(this.folder, session);
    if (session.shell === 'container') return commandLine(this.folder, session, { isContained: true });
    if (session.shell === 'none') return noShell(this.folder, session);
    if (!this.#host || this.#host.isOver) this.#host = new HostShell(this.folder);
    return this.#host.do(session);
  }

  async #untilRunnersGone(): Promise<void> {
    await untilRunnersGone(this.folder, this.#at(LEDGER), this.#host?.pid);
  }

  /** What the store says once its last process is gone: one that was killed is still there for a moment. */
  async #recordAtRest(): Promise<StoreRecord | undefined> {
    let record: StoreRecord | undefined;
    // All processes are gone, and so are those of containers: for this watch time flies.
    let now = 0;
    const watch = new OwnerWatch(undefined, () => (now += LEASE_MS));
    await eventually('the run is not shown as running', () => {
      record = readRecord(this.#at('.cronflow/runs.db'), watch);
      return record?.summary.status !== 'running';
    }).catch(() => {
      throw new Violation('other', 'The run is shown as running, and its processes are gone.');
    });
    return record;
  }

  async #look({ task }: Pick<Session, 'task'>, said: string | undefined): Promise<void> {
    const record = await this.#recordAtRest();
    const ledger = readLedger(this.#at(LEDGER));
    if (!record) {
      if (ledger.length > 0 || this.#before)
        throw new Violation('lost', 'Steps were executed, and the store has no run.');
      return;
    }
    const linesBeforeRerun = task.kind === 'rerun' ? this.#before?.ledger.length : this.#before?.linesBeforeRerun;
    const moment: Moment = { record, ledger, linesBeforeRerun: linesBeforeRerun ?? 0 };
    checkAtRest(moment);
    if (said !== undefined && said !== record.summary.status)
      throw new Violation('other', `It was said to be ${said}, and the store says ${record.summary.status}.`);
    const before = this.#before ?? {
      record: {
        ...record,
        attempts: new Map(),
        split: new Map(),
        kept: { attempts: new Map(), logs: new Map(), passes: new Map(), items: new Map(), writes: new Map() },
      },
      ledger: [],
      linesBeforeRerun: 0,
    };
    const isRerun = task.kind === 'rerun' || before.record.isReopening;
    const removed = this.#removed;
    this.#repeated += checkBetween(before, moment, { isRerun, most: this.#most, removed }).repeated;
    this.#latest = ledger.slice(before.ledger.length);
    this.#before = moment;
  }
}
