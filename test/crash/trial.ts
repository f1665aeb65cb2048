import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEASE_MS, OwnerWatch } from '../../engine/store/owner-watch.ts';
import { eventually, isRunning } from '../support/call.ts';
import { IN_CONTAINER } from '../support/container.ts';
import {
  checkAtRest,
  checkBetween,
  checkItems,
  checkOutcome,
  checkSessions,
  OUTCOME_PARTS,
  Violation,
  type Moment,
  type OutcomePart,
} from './checks.ts';
import { answersFor, LEFT_ALIKE, NOTHING_NEEDED, randomEdit, withNames, type Needed } from './edits.ts';
import { environmentOf, randomKill, whereOf, type Kill } from './kill.ts';
import { isPaged, mostInFlight, Random, randomPlan, stepNames, withWorkers, type Plan } from './plan.ts';
import { readRecord, type StoreRecord } from './record.ts';
import { uninterrupted, type Reference } from './reference.ts';
import {
  commandLine,
  commandOf,
  HostShell,
  noShell,
  processesOf,
  WORKFLOW,
  type Answer,
  type Order,
  type Shell,
  type Task,
} from './shell.ts';
import { LEDGER, readLedger, WORKER, type Noted, type Whom } from './world.ts';

/*
 * A trial: a random workflow, run by the command line and by the host, killed and taken up again until it is over, and looked at
 * after each kill. The same seed makes the same workflow, and the same kills at the same lines of its ledger or points
 * of the engine.
 */

interface Session extends Order {
  readonly shell: 'command line' | 'container' | 'host' | 'none';
  readonly kill?: Kill | undefined;
  /** Another command line that wants the same at the same moment, in a container in some trials. */
  readonly hasRival?: boolean;
}

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

/** Kills in a row that came to nothing: there is not enough left to be done. */
const MOST_MISSED = 2;
/** Whoever comes after a container that was killed waits for a sign of life of it, half a minute each time. */
const MOST_CONTAINERS_KILLED = 2;
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
  readonly #random: Random;
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
  readonly #script: readonly Kill[] | undefined;
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
  #reruns = 0;
  #repeated = 0;
  #orphans = 0;
  #sessions = 0;
  #contained = 0;
  #containersKilled = 0;
  #refusedBeside = 0;
  /** The run has the lease of a container that is gone, which nobody outside of it can see. */
  #isLeftByContainer = false;
  #killsLeft: number;
  /** Kills that did not come since the last that did: the run was over before. */
  #missed = 0;
  #lines = 0;
  readonly #hasWorkers: boolean;

  constructor(seed: number, { script, kills = 14, say, workers = seed % 8 === 7 ? 2 : 0 }: TrialOptions) {
    this.seed = seed;
    this.#say = say;
    this.#script = script;
    this.#random = new Random(seed);
    const plan = randomPlan(this.#random);
    this.#hasWorkers = workers > 0;
    this.#plan = workers > 0 ? withWorkers(plan, workers) : plan;
    this.#edits = new Random(seed + 0x5eed);
    this.#edited = withNames(this.#plan);
    // Half of the workflows are edited between a kill and what comes next.
    this.#isEdited = !script && this.#edits.chance(0.5);
    this.#isContained = !script && IN_CONTAINER !== undefined && this.#edits.chance(0.08);
    this.#most = mostInFlight(this.#plan);
    this.#killsLeft = Math.min(kills, this.#random.int(6, 14));
    if (script) this.#killsLeft = script.length;
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
      const task = this.#nextTask();
      if (task === undefined) break;
      const needed = await this.#afterEdits(task);
      if (needed !== 'done') await this.#session(this.#plannedSession(task, needed));
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

  #outcome(): Moment['record']['outcome'] {
    if (!this.#before) throw new Error('There is no run.');
    return this.#before.record.outcome;
  }

  // What is done next

  #nextTask(): Task | undefined {
    const status = this.#before?.record.summary.status;
    switch (status) {
      case undefined:
        return { kind: 'start' };
      case 'interrupted':
        return !this.#script && !this.#isLeftByContainer && this.#random.chance(0.06)
          ? { kind: 'cancel' }
          : { kind: 'resume' };
      case 'paused':
        return { kind: 'resume' };
      case 'cancelled':
      case 'failed':
        return { kind: 'rerun', batches: 'failed' };
      default:
        return this.#rerunOfCompleted();
    }
  }

  /** What had completed is done again as long as there are kills left: what failed and was borne, all of it, or some batches. */
  #rerunOfCompleted(): Task | undefined {
    const { record } = this.#before ?? {};
    // Of every node: those inside a batch that succeeded do not count among the run's.
    if (record?.summary.nodes.some(({ batches }) => batches.failed > 0)) return { kind: 'rerun', batches: 'failed' };
    if (this.#killsLeft <= 0 || this.#missed >= MOST_MISSED || this.#reruns >= 6) return undefined;
    this.#reruns += 1;
    const loops =
      record?.summary.nodes.filter(({ path: node, batches }) => !node.includes('/') && batches.total > 0) ?? [];
    if (loops.length === 0) return undefined;
    const loop = this.#random.pick(loops);
    if (this.#random.chance(isPaged(this.#edited) ? 0.8 : 0.4)) return { kind: 'rerun', batches: 'all' };
    return {
      kind: 'rerun',
      node: loop.path,
      batches: [
        ...new Set([0, this.#random.int(0, loop.batches.total - 1), this.#random.int(0, loop.batches.total - 1)]),
      ],
    };
  }

  /**
   * Edits the file now and then. Where work has no place in it any more, the run must not go on before it is told what
   * became of that work.
   */
  async #afterEdits(task: Task): Promise<Needed | 'done'> {
    const record = this.#before?.record;
    if (!this.#isEdited || !record || task.kind === 'start' || task.kind === 'cancel') return NOTHING_NEEDED;
    if (this.#killsLeft > 0 && this.#edits.chance(0.5)) {
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

  #plannedSession(asked: Task, needed: Needed): Session {
    const random = this.#random;
    const task = underNewNames(asked, needed);
    const { answers } = needed;
    if ((answers.renamed ?? []).length + (answers.discard ?? []).length > 0) {
      const isKilled = this.#killsLeft > 0 && this.#missed < MOST_MISSED;
      const kill = isKilled ? this.#randomKill(task) : undefined;
      const shell = kill && kill.whom !== 'runner' ? 'command line' : random.pick(['none', 'command line'] as const);
      return { shell, task, answers, env: environmentOf(kill, this.#note), kill };
    }
    const isOpen = this.#host !== undefined && !this.#host.isOver;
    if (task.kind === 'cancel') return { shell: 'command line', task, env: {} };
    if (this.#killsLeft <= 0 || this.#missed >= MOST_MISSED) return { shell: isOpen ? 'host' : 'none', task, env: {} };
    const kill = this.#script?.[this.#script.length - this.#killsLeft] ?? this.#randomKill(task);
    if (this.#isContained && random.chance(0.6)) return this.#containedSession(task, kill);
    // Those who see a run at work in the Studio are not offered to resume it.
    const mayBeHost = !this.#isLeftByContainer;
    // A new host looks into every file before it can start one, which takes its time.
    const shell =
      kill.whom === 'runner'
        ? random.pick([
            'none',
            'none',
            'none',
            'command line',
            mayBeHost && (isOpen || task.kind !== 'start') ? 'host' : 'none',
          ] as const)
        : !mayBeHost || random.chance(task.kind === 'start' ? 0.9 : 0.6)
          ? 'command line'
          : 'host';
    const env = environmentOf(kill, this.#note);
    return {
      shell,
      task,
      env,
      kill,
      ...(task.kind === 'resume' && !this.#script && random.chance(0.12) && { hasRival: true }),
      ...(shell === 'host' && !this.#script && random.chance(0.15) && { pauseAfter: random.int(0, 60) }),
    };
  }

  /** In a container of its own, or from outside with another command in one. */
  #containedSession(task: Task, kill: Kill): Session {
    const random = this.#random;
    const hasRival = task.kind === 'resume' && random.chance(0.5);
    const isBeside = hasRival && random.chance(0.5);
    const whom = this.#containersKilled < MOST_CONTAINERS_KILLED ? kill.whom : 'runner';
    const spared: Kill = { ...kill, whom };
    return {
      shell: isBeside ? 'command line' : 'container',
      task,
      env: environmentOf(spared, this.#note),
      kill: spared,
      ...(hasRival && { hasRival }),
    };
  }

  /** The file of the next session that says which of its processes has killed. */
  get #note(): string {
    return `killed-${this.#sessions + 1}`;
  }

  #randomKill(task: Task): Kill {
    return randomKill(this.#random, task, {
      someLine: () => this.#someLine(),
      most: this.#most,
      isPaged: isPaged(this.#edited),
    });
  }

  /** A line that is likely to be come to: fewer are left after each kill. */
  #someLine(): number {
    const noted = this.#before?.record.summary.status === 'interrupted' ? this.#before.ledger.length : 0;
    return this.#random.int(1, Math.max(4, Math.min(this.#lines, this.#lines - noted)));
  }

  // Doing it

  async #session(session: Session): Promise<void> {
    const { task, kill } = session;
    this.history.push(describe(session));
    this.#sessions += 1;
    const since = performance.now();
    const shell = this.#shell(session);
    const began = new Set(processesOf(this.folder));
    if (kill?.when.kind === 'time') setTimeout(() => this.#killFromOutside(kill.whom, shell, began), kill.when.ms);
    const rival = session.hasRival
      ? commandLine(this.folder, { task, env: {}, hasRival: true }, { isContained: this.#isContained }).answer
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
    await this.#untilRunnersGone();
    // One that had put its end on record has no other word for it: it is on its way through that point that it ends.
    const diedAtEnd =
      kill?.when.kind === 'point' &&
      kill.when.point === 'after-end' &&
      answer.status !== undefined &&
      answer.status !== 'interrupted';
    const died = answer.shellKilled || answer.message.includes('SIGKILL') || diedAtEnd;
    // Where both were killed nobody is left who could end it.
    const mayBeLeft = answer.shellKilled && (kill?.whom === 'both' || kill?.when.kind === 'time');
    if (!mayBeLeft) {
      await eventually('what steps had started is gone', () => this.#leftBehind().length === 0, 15).catch(() => {
        throw new Violation(
          'other',
          `What a step had started is still there: ${this.#leftBehind()
            .map(pid => `${pid} ${commandOf(pid)}`)
            .join('; ')}`,
        );
      });
    }
    // Without one of its workers a run goes on.
    const hasLostWorker = !died && this.#hasKilledWorker();
    const orphans = this.#leftBehind();
    this.#orphans += orphans.length;
    for (const pid of orphans) killIfThere(pid);
    this.history.push(`  ${died ? 'killed' : 'not killed'}: ${answer.status ?? ''} ${answer.message}`.trimEnd());
    if ((died || hasLostWorker) && kill) {
      this.#deaths.push({ whom: hasLostWorker ? WORKER : whomOf(session, answer), where: whereOf(kill, task) });
      this.#killsLeft -= 1;
      this.#missed = 0;
    } else if (kill) {
      this.#missed += 1;
    }
    if (died && session.shell === 'container' && answer.shellKilled) this.#containersKilled += 1;
    if (others) this.history.push(`  the other: ${others.status ?? ''} ${others.message}`.trimEnd());
    for (const { status, message, shellKilled } of [answer, ...(others ? [others] : [])]) {
      const isRefused = status === undefined && !shellKilled && !message.includes('SIGKILL');
      if (isRefused && !(others && TAKEN.test(message)))
        throw new Violation('other', `${session.shell} refused to ${task.kind}: ${message}`);
      if (isRefused && this.#isContained && message.includes('being worked on')) this.#refusedBeside += 1;
    }
    // Whoever is left of two has seen to it.
    this.#isLeftByContainer = session.shell === 'container' && answer.shellKilled && !others;
    await this.#look(session, others ? undefined : answer.status);
    if (others) this.#checkRivals(died || hasLostWorker);
    this.#say?.(`${Math.round(performance.now() - since)} ms ${this.history.slice(-2).join(';')}`);
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

  #killFromOutside(whom: Whom, shell: Shell, before: ReadonlySet<number>): void {
    const started = processesOf(this.folder).filter(pid => !before.has(pid) && pid !== shell.pid && isRunner(pid));
    const hasRunner = started.length > 0 || isRunner(shell.pid);
    if (whom !== 'runner' || !hasRunner || isRunner(shell.pid)) killIfThere(shell.pid);
    if (whom !== 'parent') for (const pid of started) killIfThere(pid);
  }

  async #untilRunnersGone(): Promise<void> {
    // Elsewhere processes are not told by their trial. On Linux they are, and numbers from containers mean others here.
    const noted = process.platform === 'linux' ? [] : [...new Set(readLedger(this.#at(LEDGER)).map(({ pid }) => pid))];
    // A runner that is about to begin is still what it was forked from.
    const mayStay = (pid: number) => this.#host?.pid === pid || commandOf(pid).startsWith('sleep ');
    await eventually('no runner is left', () => !noted.some(isRunning) && processesOf(this.folder).every(mayStay), 15);
  }

  /** What steps have started and nobody has ended. */
  #leftBehind(): number[] {
    return processesOf(this.folder).filter(pid => commandOf(pid).startsWith('sleep '));
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

  /**
   * Of two that work on a run one after the other, the second repeats what was in flight when the first was killed, and
   * nothing else.
   */
  #checkRivals(died: boolean): void {
    const by = new Map<string, Set<number>>();
    for (const { what, place, n, pid } of this.#latest) {
      if (what !== 'begin' || place.endsWith('/?')) continue;
      // The next attempt of a batch may go to another worker of the same owner.
      const begun = this.#hasWorkers ? `${place}, attempt ${n}` : place;
      by.set(begun, (by.get(begun) ?? new Set()).add(pid));
    }
    const twice = [...by].filter(([, pids]) => pids.size > 1).map(([begun]) => begun);
    if (twice.length > (died ? this.#most : 0))
      throw new Violation('twice', `Of two that took the run up, both executed ${twice.join(', ')}`);
  }
}

/** A task under the names that nodes have now. */
function underNewNames(task: Task, { answers: { renamed = [] } }: Needed): Task {
  if (task.kind !== 'rerun' || task.node === undefined) return task;
  return { ...task, node: renamed.find(({ from }) => from === task.node)?.to ?? task.node };
}

function isRunner(pid: number): boolean {
  return /runner\/child\.[tj]s/.test(commandOf(pid));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Who died, as far as that can be told from what is left. */
function whomOf({ shell, kill }: Session, answer: Answer): string {
  if (!answer.shellKilled) return 'runner';
  return kill?.whom === 'both' ? `${shell} and runner` : shell;
}

function describe({ shell, task, kill, pauseAfter, hasRival }: Session): string {
  const what = task.kind === 'rerun' ? `rerun ${task.node ?? ''} ${String(task.batches)}` : task.kind;
  const beside = hasRival ? ' beside another' : '';
  const then = pauseAfter === undefined ? '' : `, paused after ${pauseAfter} ms`;
  return `${shell ?? ''}: ${what}${beside}${then}${kill ? `, kills ${kill.whom} at ${Object.values(kill.when).join(' ')}` : ''}`;
}

async function within<T>(ms: number, promise: Promise<T>, why: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Violation('other', why())), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
