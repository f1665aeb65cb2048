import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from '../../engine/workflow/types.ts';
import { changeState, readApart, setApart, type StateKind } from './state-kinds.ts';

/*
 * What the steps of a random workflow act upon: a copy of this file lies beside each of them. Every execution is noted in the
 * ledger, a file that is only ever added to, so that no kill and no resume undoes it.
 */

export type Whom = 'runner' | 'parent' | 'both';

/** One line of the ledger. */
export interface Noted {
  /**
   * `begin` is one execution of a step or a condition, `fail` the error it throws, `end` its work done; `pull` is one
   * item read from a stream; `effect` is what `ctx.effect` does outside.
   */
  readonly what: 'begin' | 'fail' | 'end' | 'pull' | 'effect';
  /** The node with the index of each batch it is in: `work[3]/charge`. */
  readonly place: string;
  /** The attempt; of a `pull`: the place of the item among all of its stream. */
  readonly n: number;
  readonly pid: number;
}

/** How a step works, as far as that does not show in its result. */
export interface Manner {
  /** Milliseconds it takes. 0 is none at all, -1 a turn of the event loop. */
  readonly ms: number;
  /** How it changes the state. `apart` is a counter that it reads in a step of its own before it. */
  readonly counts?: StateKind | 'apart' | undefined;
  /** Whether nothing runs beside it. */
  readonly alone?: boolean;
  /** How often it fails in each place before it succeeds. */
  readonly flaky?: number;
  /** It has one try: another is that of the batch around it. */
  readonly hasOneTry?: boolean;
  /** It fails where the item divided by 3 leaves this, until the world is mended. */
  readonly breaksFor?: number;
  /** It does something outside that is never to be done twice. */
  readonly hasEffect?: boolean;
  /** Characters that it returns beside its result. */
  readonly bulk?: number;
  /** It starts a process that would outlive it, and does not wait for it. */
  readonly leavesChild?: boolean;
  /** It writes past `console`. */
  readonly writes?: boolean;
}

const parent = process.ppid;
/** What a kill notes of a process that executes batches for the runner; its parent is the runner. */
export const WORKER = 'worker';
const IS_WORKER = /runner\/worker\.[tj]s$/.test(process.argv[1] ?? '');
/** Of a run in a runner. */
export const LEDGER = 'ledger.txt';

export class World {
  readonly #folder: string;
  readonly #ledger: string | Noted[];
  /** What its steps say is for the log of a run: where there is no runner to keep it, it is not said. */
  readonly #isHeard: boolean;
  readonly #kill:
    | { readonly line: number; readonly whom: Whom; readonly after: string; readonly note: string }
    | undefined;
  #lines = 0;

  /**
   * @param ledger The file of that name; where nobody is killed, an array will do.
   * @param kill `12 runner turn killed-3`: kills the runner in the turn of the event loop after the one in which this process
   * notes its twelfth line, and leaves a file of that name. Of several processes that read this, one does it.
   */
  constructor(folder: string, ledger: string | Noted[], kill?: string) {
    this.#folder = folder;
    this.#ledger = typeof ledger === 'string' ? path.join(folder, ledger) : ledger;
    const [line = '', whom = 'runner', after = 'now', note = 'killed'] = kill?.split(' ') ?? [];
    this.#isHeard = ledger === LEDGER;
    if (kill !== undefined) this.#kill = { line: Number(line), whom: whom as Whom, after, note };
  }

  /** Does a step's work. */
  async act(ctx: Context, how: Manner, item: number): Promise<string> {
    const place = placeOf(ctx);
    this.#note({ what: 'begin', place, n: ctx.attempt });
    if (this.#isHeard) console.log(place);
    if (this.#isHeard && how.writes) process.stdout.write(`${place}\n`);
    if (this.#isHeard && how.leavesChild) spawn('sleep', ['600'], { stdio: 'ignore' }).unref();
    if (how.counts === 'apart') await setApart(ctx.state, ctx.last);
    else if (how.counts) await changeState(ctx.state, how.counts, item, how.alone === true);
    if (how.hasEffect) await this.#doOutside(ctx, place);
    await passing(how.ms);
    if (this.#isHeard && how.writes) process.stdout.write(`${place}\n`);
    this.#failWhereItIsTo(place, how, item);
    this.#note({ what: 'end', place, n: ctx.attempt });
    // What an earlier step has read depends on the order of batches, and so of re-runs.
    const before = typeof ctx.last === 'number' ? 'reading' : String(ctx.last).slice(0, 200).split(' ')[0];
    return `${place} after ${before}${'.'.repeat(how.bulk ?? 0)}`;
  }

  /** Its ledger says whether a kill came before it or after it. */
  async #doOutside(ctx: Context, place: string): Promise<void> {
    const receipt = await ctx.effect(
      place,
      () => {
        this.#note({ what: 'effect', place, n: ctx.attempt });
        return place;
      },
      {
        verify: () => (this.#noted().some(line => line.what === 'effect' && line.place === place) ? place : undefined),
      },
    );
    if (receipt !== place) throw new Error(`The receipt of ${place} is ${receipt}.`);
  }

  #noted(): readonly Noted[] {
    return typeof this.#ledger === 'string' ? readLedger(this.#ledger) : this.#ledger;
  }

  /** Reads the counter that the next step sets. */
  read(ctx: Context): number {
    this.#note({ what: 'begin', place: placeOf(ctx), n: ctx.attempt });
    const read = readApart(ctx.state);
    this.#note({ what: 'end', place: placeOf(ctx), n: ctx.attempt });
    return read;
  }

  /** Answers for a condition. */
  ask(ctx: Context, answer: boolean): boolean {
    this.#note({ what: 'begin', place: placeOf(ctx), n: ctx.attempt });
    return answer;
  }

  /** One member of a race, which loses it. */
  async lose(ctx: Context): Promise<never> {
    this.#note({ what: 'begin', place: placeOf(ctx), n: ctx.attempt });
    return await new Promise((_, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
    });
  }

  pull(place: string, index: number): void {
    this.#note({ what: 'pull', place, n: index });
  }

  #failWhereItIsTo(place: string, { flaky = 0, breaksFor }: Manner, item: number): void {
    const isBroken = breaksFor === item % 3 && !existsSync(path.join(this.#folder, 'mended'));
    if (flaky === 0 && !isBroken) return;
    // Read anew: what has failed in another process has failed, also in one that was at work when this one began.
    const failures = this.#noted().filter(line => line.what === 'fail' && line.place === place).length;
    if (failures >= flaky && !isBroken) return;
    this.#note({ what: 'fail', place, n: failures + 1 });
    throw new Error(`${place} is ${isBroken ? 'broken' : 'flaky'}`);
  }

  #note(entry: Omit<Noted, 'pid'>): void {
    const noted = { ...entry, pid: process.pid };
    // Opened with O_APPEND: whole lines, whoever writes, and kept by the system when the process is gone.
    if (typeof this.#ledger === 'string') appendFileSync(this.#ledger, `${JSON.stringify(noted)}\n`);
    else this.#ledger.push(noted);
    this.#lines += 1;
    if (this.#kill?.line !== this.#lines) return;
    const { after } = this.#kill;
    const kill = () => this.#killNow();
    if (after === 'now') kill();
    else if (after === 'microtask') queueMicrotask(kill);
    else if (after === 'turn') setImmediate(kill);
    else setTimeout(kill, Number(after));
  }

  #killNow(): void {
    const { whom, note } = this.#kill ?? { whom: 'runner', note: 'killed' };
    if (!noteFirst(path.join(this.#folder, note), IS_WORKER ? WORKER : 'runner')) return;
    // Whoever has taken the place of a parent that is gone already is none of ours.
    if (whom !== 'runner' && process.ppid === parent) process.kill(parent, 'SIGKILL');
    if (whom !== 'parent') process.kill(process.pid, 'SIGKILL');
  }
}

/** False where it has been noted before. */
function noteFirst(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

export function readLedger(file: string): Noted[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Noted);
}

/** Where a step is, under the first names of all nodes: the part of its key that is the same for every run. */
export function placeOf(ctx: Pick<Context, 'idempotencyKey'>): string {
  return firstName(ctx.idempotencyKey.slice(ctx.idempotencyKey.indexOf(':') + 1));
}

/** A name, place or text as it was before its nodes were renamed: a new name is the first one and a mark, `s0~2`. */
export function firstName(text: string): string {
  return text.replaceAll(/~\d+/g, '');
}

async function passing(ms: number): Promise<void> {
  if (ms === 0) return;
  await new Promise<void>(resolve => {
    if (ms < 0) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}
