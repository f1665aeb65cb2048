import type { Moment } from './checks.ts';
import type { Needed } from './edits.ts';
import { environmentOf, randomKill, type Kill } from './kill.ts';
import { isPaged, type Plan, type Random } from './plan.ts';
import { underNewNames, type Session } from './session.ts';
import type { Task } from './shell.ts';

/** Kills in a row that came to nothing: there is not enough left to be done. */
const MOST_MISSED = 2;
/** Whoever comes after a container that was killed waits for a sign of life of it, half a minute each time. */
const MOST_CONTAINERS_KILLED = 2;
/** How things stand in a trial. */
export interface Standing {
  /** What the store and the ledger said when they were last looked at; undefined before there is a run. */
  readonly before: Moment | undefined;
  readonly edited: Plan;
  /** Sessions up to here. */
  readonly sessions: number;
  readonly isHostOpen: boolean;
  /** Lines in the ledger of a run that nobody kills. */
  readonly lines: number;
}

/** What became of a session. */
export interface Became {
  readonly kill: Kill | undefined;
  /** Whether its kill came. */
  readonly hasKilled: boolean;
  readonly isContainerKilled: boolean;
  /** The run has the lease of a container that is gone, which nobody outside of it can see. */
  readonly isLeftByContainer: boolean;
}

export interface Chances {
  readonly random: Random;
  readonly kills: number;
  /** The kills, one each time the run is begun or taken up, instead of random ones. */
  readonly script: readonly Kill[] | undefined;
  /** Whether some commands are given in containers. */
  readonly isContained: boolean;
  /** Steps that can be in flight at a time. */
  readonly most: number;
}

/** Decides what is done next in a trial, by whom, and where it is killed. */
export class NextSession {
  readonly #random: Random;
  readonly #script: readonly Kill[] | undefined;
  readonly #isContained: boolean;
  readonly #most: number;
  #killsLeft: number;
  /** Kills that did not come since the last that did: the run was over before. */
  #missed = 0;
  #reruns = 0;
  #containersKilled = 0;
  #isLeftByContainer = false;

  constructor({ random, kills, script, isContained, most }: Chances) {
    this.#random = random;
    this.#script = script;
    this.#isContained = isContained;
    this.#most = most;
    this.#killsLeft = kills;
  }

  get hasKillsLeft(): boolean {
    return this.#killsLeft > 0;
  }

  became({ kill, hasKilled, isContainerKilled, isLeftByContainer }: Became): void {
    if (hasKilled) {
      this.#killsLeft -= 1;
      this.#missed = 0;
    } else if (kill) {
      this.#missed += 1;
    }
    if (isContainerKilled) this.#containersKilled += 1;
    this.#isLeftByContainer = isLeftByContainer;
  }

  /** Undefined when it is over. */
  task(standing: Standing): Task | undefined {
    const status = standing.before?.record.summary.status;
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
        return this.#rerunOfCompleted(standing);
    }
  }

  /** What had completed is done again as long as there are kills left: what failed and was borne, all of it, or some batches. */
  #rerunOfCompleted({ before, edited }: Standing): Task | undefined {
    const { record } = before ?? {};
    // Of every node: those inside a batch that succeeded do not count among the run's.
    if (record?.summary.nodes.some(({ batches }) => batches.failed > 0)) return { kind: 'rerun', batches: 'failed' };
    if (this.#killsLeft <= 0 || this.#missed >= MOST_MISSED || this.#reruns >= 6) return undefined;
    this.#reruns += 1;
    const loops =
      record?.summary.nodes.filter(({ path: node, batches }) => !node.includes('/') && batches.total > 0) ?? [];
    if (loops.length === 0) return undefined;
    const loop = this.#random.pick(loops);
    if (this.#random.chance(isPaged(edited) ? 0.8 : 0.4)) return { kind: 'rerun', batches: 'all' };
    return {
      kind: 'rerun',
      node: loop.path,
      batches: [
        ...new Set([0, this.#random.int(0, loop.batches.total - 1), this.#random.int(0, loop.batches.total - 1)]),
      ],
    };
  }

  session(asked: Task, needed: Needed, standing: Standing): Session {
    const random = this.#random;
    const task = underNewNames(asked, needed);
    const { answers } = needed;
    if ((answers.renamed ?? []).length + (answers.discard ?? []).length > 0) {
      const isKilled = this.#killsLeft > 0 && this.#missed < MOST_MISSED;
      const kill = isKilled ? this.#randomKill(task, standing) : undefined;
      const shell = kill && kill.whom !== 'runner' ? 'command line' : random.pick(['none', 'command line'] as const);
      return { shell, task, answers, env: environmentOf(kill, noteOf(standing)), kill };
    }
    const isOpen = standing.isHostOpen;
    if (task.kind === 'cancel') return { shell: 'command line', task, env: {} };
    if (this.#killsLeft <= 0 || this.#missed >= MOST_MISSED) return { shell: isOpen ? 'host' : 'none', task, env: {} };
    const kill = this.#script?.[this.#script.length - this.#killsLeft] ?? this.#randomKill(task, standing);
    if (this.#isContained && random.chance(0.6)) return this.#containedSession(task, kill, standing);
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
    const env = environmentOf(kill, noteOf(standing));
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
  #containedSession(task: Task, kill: Kill, standing: Standing): Session {
    const random = this.#random;
    const hasRival = task.kind === 'resume' && random.chance(0.5);
    const isBeside = hasRival && random.chance(0.5);
    const whom = this.#containersKilled < MOST_CONTAINERS_KILLED ? kill.whom : 'runner';
    const spared: Kill = { ...kill, whom };
    return {
      shell: isBeside ? 'command line' : 'container',
      task,
      env: environmentOf(spared, noteOf(standing)),
      kill: spared,
      ...(hasRival && { hasRival }),
    };
  }

  #randomKill(task: Task, standing: Standing): Kill {
    return randomKill(this.#random, task, {
      someLine: () => this.#someLine(standing),
      most: this.#most,
      isPaged: isPaged(standing.edited),
    });
  }

  /** A line that is likely to be come to: fewer are left after each kill. */
  #someLine({ before, lines }: Standing): number {
    const noted = before?.record.summary.status === 'interrupted' ? before.ledger.length : 0;
    return this.#random.int(1, Math.max(4, Math.min(lines, lines - noted)));
  }
}

/** The file of the next session that says which of its processes has killed. */
function noteOf({ sessions }: Standing): string {
  return `killed-${sessions + 1}`;
}
