import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEachFile } from '../cleaning.ts';

const running = new Set<ChildProcess>();
afterEachFile(() => {
  for (const server of running) server.kill('SIGKILL');
});

export interface ServerProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly options?: SpawnOptions;
  /** Where it can be reached from here: a port of this machine, or the file of a socket. */
  readonly opens: number | string;
  /** Whether it answers, once that is open. */
  readonly isReady?: () => Promise<boolean>;
}

/** A server whose troubles a test makes. */
export class ServerProcess {
  readonly #program: ServerProgram;
  #process: ChildProcess | undefined;

  constructor(program: ServerProgram) {
    this.#program = program;
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const { program, args, options, opens, isReady } = this.#program;
    const server = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = server;
    running.add(server);
    server.once('exit', () => running.delete(server));
    let output = '';
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (text: Buffer) => (output = `${output}${text.toString()}`.slice(-4_000)));
    for (let tried = 0; tried < 600; tried += 1) {
      if (hasEnded(server)) throw new Error(`${program} ended at its start:\n${output}`);
      if ((await isOpen(opens)) && (!isReady || (await isReady()))) return;
      await delay(50);
    }
    throw new Error(`${program} does not answer:\n${output}`);
  }

  /** Ends it as a power cut would, by default. Resolves once it has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process;
    if (!server || hasEnded(server)) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    // One that is frozen takes other signals when it goes on.
    this.thaw();
    await ended;
  }

  /** Its connections stay open, and nothing is answered. */
  freeze(): void {
    this.#signalAll('SIGSTOP');
  }

  thaw(): void {
    this.#signalAll('SIGCONT');
  }

  /** PostgreSQL has a process for each connection. */
  #signalAll(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    const children = spawnSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' }).stdout.split('\n');
    // One of them may have ended meanwhile: `kill` says so, and goes on with the others.
    spawnSync('kill', ['-s', signal.slice(3), ...[pid, ...children.map(Number)].filter(each => each > 0).map(String)]);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function isOpen(place: number | string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = typeof place === 'number' ? connect(place, '127.0.0.1') : connect(place);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
