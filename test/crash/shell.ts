import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { exitReason } from '../../engine/runner/exit-reason.ts';
import { startRunner } from '../../engine/runner/parent.ts';
import type { RunnerTask } from '../../engine/runner/protocol.ts';
import { encode } from '../../engine/store/codec.ts';
import { BIN, Call, COMPILE_CACHE, cleanEnvironment, isRunning } from '../support/call.ts';
import { IN_CONTAINER, KILLED_IN_CONTAINER } from '../support/container.ts';
import type { HostAnswer, HostOrder } from './host-process.ts';

/* Those who start runners: the command line and the host, each in a process of its own. */

/**
 * Marks the processes of a trial in their environment, so that what a kill leaves behind can be found, whoever its
 * parent is now.
 */
const MARK = 'CRASH_TRIAL';

export type Task =
  | { readonly kind: 'start' | 'resume' | 'cancel' }
  | {
      readonly kind: 'rerun';
      readonly batches: 'failed' | 'all' | readonly number[];
      readonly node?: string | undefined;
    };

export interface Order {
  readonly task: Task;
  /** What became of nodes that the file does not have any more; the host is not told. */
  readonly answers?: NodeAnswers | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly pauseAfter?: number | undefined;
  /** Another takes the run up at the same moment, and may go on with it where this one was killed. */
  readonly hasRival?: boolean;
  /** The address of the queue over which others execute its batches. */
  readonly queue?: string | undefined;
}

/** What came of an order. */
export interface Answer {
  /** Of the run; undefined where it did not begin, or where nobody is left to say. */
  readonly status: string | undefined;
  /** Why it was interrupted, or did not begin. */
  readonly message: string;
  readonly shellKilled: boolean;
}

export interface Shell {
  readonly pid: number;
  readonly answer: Promise<Answer>;
}

export const WORKFLOW = 'random.ts';
const QUEUE_SECRET = 'a secret of the kills';

/** A worker on another machine, but for the folder: it has what the run has. Resolves once it is there. */
export async function startWorker(
  folder: string,
  { queue, env }: { readonly queue: string; readonly env: Order['env'] },
): Promise<Call> {
  const call = new Call(['work', folder, '--queue', queue, '--concurrency', '4', '--json'], {
    cwd: folder,
    env: { ...env, CRONFLOW_QUEUE_SECRET: QUEUE_SECRET, [MARK]: folder },
  });
  await call.says('"working"');
  return call;
}

/** Has the command line do it; in a container, where it sees no process from outside, and none of them sees it. */
export function commandLine(
  folder: string,
  { task, answers, env, hasRival, queue }: Order,
  { isContained = false }: { isContained?: boolean } = {},
): Shell {
  const over = queue === undefined || task.kind === 'cancel' ? [] : ['--queue', queue];
  const call = new Call([...argumentsFor(task), ...answersAsOptions(answers), ...over, '--json'], {
    cwd: folder,
    env: { ...env, ...(over.length > 0 && { CRONFLOW_QUEUE_SECRET: QUEUE_SECRET }), [MARK]: folder },
    ...(isContained && IN_CONTAINER && { command: [...IN_CONTAINER, process.execPath, BIN] }),
  });
  const answer = call.done.then(({ signal, summary, stderr, code }): Answer => {
    if (signal === 'SIGKILL' || (isContained && code === KILLED_IN_CONTAINER))
      return { status: undefined, message: '', shellKilled: true };
    if (summary.event !== 'summary')
      return { status: undefined, message: String(summary.message ?? stderr), shellKilled: false };
    // Steps that write past `console` write their places.
    const unexpected = stderr.split('\n').filter(line => !/^[\w[\]/]*$/.test(line));
    if (unexpected.length > 0) throw new Error(`The command line wrote ${unexpected.join('\n')}`);
    const expected = { completed: 0, failed: 1, interrupted: 3, cancelled: task.kind === 'cancel' ? 0 : 130 }[
      String(summary.status)
    ];
    if (hasRival && code === 3 && summary.status !== 'interrupted')
      return { status: 'interrupted', message: 'SIGKILL, and the other has gone on with it', shellKilled: false };
    if (code !== expected) throw new Error(`The command line ended with ${code} where its run is ${summary.status}.`);
    return { status: String(summary.status), message: String(summary.reason ?? ''), shellKilled: false };
  });
  return { pid: call.pid, answer };
}

function argumentsFor(task: Task): string[] {
  if (task.kind === 'start') return ['run', WORKFLOW];
  if (task.kind !== 'rerun') return [task.kind, '1'];
  const batches = typeof task.batches === 'string' ? task.batches : task.batches.join(',');
  return ['rerun', '1', '--batches', batches, ...(task.node === undefined ? [] : ['--node', task.node])];
}

function answersAsOptions({ renamed = [], discard = [] }: NodeAnswers = {}): string[] {
  return [
    ...renamed.flatMap(({ from, to }) => ['--renamed', `${from}=${to}`]),
    ...discard.flatMap(path => ['--discard', path]),
  ];
}

/**
 * Starts the runner from this process, which then does nothing more for it than to hear how it ends: the cheapest way
 * to have one.
 */
export function noShell(folder: string, { task, answers, env }: Order): Shell {
  const ended = Promise.withResolvers<Answer>();
  const all = { ...env, [MARK]: folder, NODE_COMPILE_CACHE: COMPILE_CACHE };
  let answer: Answer | undefined;
  // A runner has the environment of whoever starts it, which happens within this call.
  Object.assign(process.env, all);
  const runner = startRunner(runnerTask(folder, task, answers), {
    onMessage: message => {
      if (message.type === 'ended')
        answer = { status: message.summary.status, message: message.summary.reason ?? '', shellKilled: false };
      if (message.type === 'refused')
        answer = { status: undefined, message: message.problem.message, shellKilled: false };
    },
    onExit: exit => ended.resolve(answer ?? { status: undefined, message: exitReason(exit), shellKilled: false }),
  });
  for (const name of Object.keys(all)) Reflect.deleteProperty(process.env, name);
  return { pid: runner.pid ?? 0, answer: ended.promise };
}

function runnerTask(folder: string, task: Task, answers?: NodeAnswers): RunnerTask {
  const store = path.join(folder, '.cronflow', 'runs.db');
  switch (task.kind) {
    case 'start':
      return {
        kind: 'start',
        file: path.join(folder, WORKFLOW),
        store,
        workflow: undefined,
        payload: encode({}, 'payload'),
      };
    case 'resume':
      return { kind: 'resume', store, run: 1, answers };
    case 'rerun':
      return { kind: 'rerun', store, run: 1, request: { node: task.node, batches: task.batches, ...answers } };
    case 'cancel':
      throw new Error('No runner is started to cancel.');
  }
}

/** A host that lives until it is killed or no longer needed. */
export class HostShell {
  readonly #child: ChildProcess;
  readonly #ready: Promise<boolean>;
  #onAnswer: ((answer: HostAnswer | undefined) => void) | undefined;
  #defect: string | undefined;
  isOver = false;

  constructor(folder: string) {
    this.#child = fork(HOST, [folder], {
      cwd: folder,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...cleanEnvironment(), NODE_COMPILE_CACHE: COMPILE_CACHE, [MARK]: folder },
    });
    const ready = Promise.withResolvers<boolean>();
    this.#ready = ready.promise;
    this.#child.on('message', (message: 'ready' | HostAnswer) => {
      if (message === 'ready') ready.resolve(true);
      else if ('defect' in message) this.#defect ??= message.defect;
      else this.#onAnswer?.(message);
    });
    this.#child.on('exit', () => {
      this.isOver = true;
      ready.resolve(false);
      this.#onAnswer?.(undefined);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  do({ task, env, pauseAfter }: Order): Shell {
    return { pid: this.pid, answer: this.#do({ task: hostTask(task), env, pauseAfter }) };
  }

  /** Ends it as the system does at a logout: what it works on is interrupted. */
  async close(): Promise<void> {
    if (this.isOver) return;
    const over = new Promise(resolve => {
      this.#child.once('exit', resolve);
    });
    this.#child.disconnect();
    await over;
    if (this.#defect !== undefined) throw new Error(`The host has met what nobody foresaw: ${this.#defect}`);
  }

  async #do(order: HostOrder): Promise<Answer> {
    const answered = Promise.withResolvers<HostAnswer | undefined>();
    this.#onAnswer = answered.resolve;
    if ((await this.#ready) && !this.isOver) this.#child.send(order, () => undefined);
    else answered.resolve(undefined);
    const answer = await answered.promise;
    if (answer === undefined) return { status: undefined, message: '', shellKilled: true };
    if (this.#defect !== undefined) throw new Error(`The host has met what nobody foresaw: ${this.#defect}`);
    if ('item' in answer) return { status: answer.item.status, message: answer.item.reason ?? '', shellKilled: false };
    return {
      status: undefined,
      message: 'problem' in answer ? answer.problem.message : answer.defect,
      shellKilled: false,
    };
  }
}

const HOST = fileURLToPath(new URL('./host-process.ts', import.meta.url));

function hostTask(task: Task): HostOrder['task'] {
  switch (task.kind) {
    case 'start':
      return { kind: 'start', file: WORKFLOW };
    case 'resume':
      return { kind: 'resume', run: 1 };
    case 'rerun': {
      const { node, batches } = task;
      const select =
        typeof batches === 'string' ? batches : { ranges: batches.map((index): [number, number] => [index, index]) };
      return { kind: 'rerun', run: 1, request: { select, ...(node !== undefined && { node }) } };
    }
    case 'cancel':
      throw new Error('The host is not asked to cancel.');
  }
}

/** Processes of a trial that are at work, whoever has started them; but not this one. Only Linux tells: elsewhere, none. */
export function processesOf(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        return (
          pid !== process.pid &&
          isRunning(pid) &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${folder}\0`)
        );
      } catch {
        return false; // It has ended meanwhile, or is somebody else's.
      }
    });
}

/** What a process is, for messages and to tell runners from what their steps have left behind. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
