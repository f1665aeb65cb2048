import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openStore } from '../../../engine/store/open.ts';
import { BIN, Call, eventually, isRunning, type CallOptions, type Ended } from '../../support/call.ts';
import type { NetworkMachine } from '../../support/network.ts';
import { Project } from '../../support/project.ts';
import type { ServerForTest } from '../../support/servers/queue-servers.ts';

/*
 * A run and its workers as processes, each in a folder of its own, with a real server between them: what the faults of these tests
 * happen to. All that steps do in the world stands in one ledger.
 */

export const SECRET = 'a secret of these tests';
const DAY = fileURLToPath(new URL('shifted-clock.mjs', import.meta.url));

export interface Noted {
  readonly what: 'begin' | 'end' | 'mail';
  readonly step: string;
  readonly item: number;
  /** The process that executes steps, and the worker that has started it. */
  readonly pid: number;
  readonly host: number;
  /** By the clock of the machine of the tests. */
  readonly at: number;
}

export interface Shape {
  readonly batches?: number;
  readonly concurrency?: number;
  readonly stepMs?: number;
  /** Characters of each item. */
  readonly itemChars?: number;
}

/** Each batch: two steps that wait, a change of the state each way, something done outside, and a batch inside. */
function workflow({ batches = 40, concurrency = 16, stepMs = 60, itemChars = 10 }: Shape): string {
  return `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { cronflow } from 'cronflow';
const { MACHINES_LEDGER: ledger = '', MACHINES_HOLD: held = '' } = process.env;
// Beside what a test may have done to the clock of this machine.
const origin = Number(process.env.MACHINES_ORIGIN);
const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000 - origin;
const note = (what: string, step: string, item: number) =>
  appendFileSync(ledger, JSON.stringify({ what, step, item, pid: process.pid, host: process.ppid, at: uptime() }) + '\\n');
const mails = () => readFileSync(ledger, 'utf8').split('\\n').filter(line => line.includes('"mail"')).map(line => JSON.parse(line).item);
const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const items = Array.from({ length: ${batches} }, (_, index) => ({ index, text: 'x'.repeat(${itemChars}) }));
cronflow
  .define({ id: 'far' })
  .step('first', () => 7)
  .batch('work', { items, size: 1, concurrency: ${concurrency} }, ([{ index }], flow) => {
    flow
      .step('one', async ctx => {
        note('begin', 'one', index);
        await wait(${stepMs});
        await ctx.state.incr('count', 1);
        note('end', 'one', index);
        return ctx.steps.first.output + index;
      })
      .step('two', async ctx => {
        note('begin', 'two', index);
        while (held !== '' && existsSync(held)) await wait(20);
        await ctx.effect('mail ' + index, () => { note('mail', 'two', index); return index; }, {
          verify: () => (mails().includes(index) ? index : undefined),
        });
        await wait(${stepMs});
        await ctx.state.update('sum', (sum = 0) => sum + ctx.steps.one.output);
        note('end', 'two', index);
        return ctx.steps.one.output;
      })
      .batch('inner', { items: [1, 2, 3], size: 1 }, ([part], flow) => {
        flow.step('part', () => part * index);
      })
      .step('three', async ctx => {
        note('begin', 'three', index);
        let sum = 0;
        for await (const { output } of ctx.results('inner')) sum += output;
        note('end', 'three', index);
        return [ctx.steps.two.output, sum];
      });
  })
  .step('result', async ctx => {
    const all = [];
    for await (const { output } of ctx.results('work')) all.push(output);
    return { all, count: ctx.state.get('count'), sum: ctx.state.get('sum') };
  });
`;
}

/** What it comes to, whatever happens on the way. */
function expected({ batches = 40 }: Shape): object {
  const all = Array.from({ length: batches }, (_, index) => [7 + index, 6 * index]);
  return { all, count: batches, sum: all.reduce((sum, [one = 0]) => sum + one, 0) };
}

export interface MachineOptions {
  readonly concurrency?: number;
  /** The way to the server. @default Its own address */
  readonly url?: string;
  /** How far its clock is off, in milliseconds. */
  readonly clockOff?: number;
  /** A machine of a network of the tests that it is on. */
  readonly on?: NetworkMachine;
  /** What stands in its folder otherwise. */
  readonly edit?: (text: string) => string;
}

export class Machines {
  readonly server: ServerForTest;
  readonly shape: Shape;
  readonly project: Project;
  readonly #origin = uptime();
  readonly #folder: string;
  readonly #machines: Call[] = [];

  constructor(server: ServerForTest, shape: Shape = {}) {
    this.server = server;
    this.shape = shape;
    this.project = new Project({ 'far.ts': workflow(shape) });
    this.#folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-far-')));
    writeFileSync(this.#ledger, '');
    onTestFinished(async () => {
      for (const machine of this.#machines) {
        signal(machine.pid, 'SIGCONT');
        machine.kill('SIGKILL');
      }
      await Promise.all(this.#machines.map(({ done }) => done));
      for (const pid of new Set(this.noted.map(noted => noted.pid))) signal(pid, 'SIGKILL');
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  get #ledger(): string {
    return path.join(this.#folder, 'ledger');
  }

  get #hold(): string {
    return path.join(this.#folder, 'hold');
  }

  /** Step two of all batches waits until they are let go. */
  hold(): void {
    writeFileSync(this.#hold, '');
  }

  letGo(): void {
    rmSync(this.#hold, { force: true });
  }

  /** Milliseconds since this began, as in the ledger. */
  get now(): number {
    return uptime() - this.#origin;
  }

  get noted(): Noted[] {
    return readFileSync(this.#ledger, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Noted);
  }

  /** For tests that do something in the place of a step. */
  note(entry: Noted): void {
    appendFileSync(this.#ledger, `${JSON.stringify(entry)}\n`);
  }

  #environment(clockOff?: number): NodeJS.ProcessEnv {
    return {
      CRONFLOW_QUEUE_SECRET: SECRET,
      MACHINES_LEDGER: this.#ledger,
      MACHINES_HOLD: this.#hold,
      MACHINES_ORIGIN: String(this.#origin),
      ...(clockOff !== undefined && { NODE_OPTIONS: `--import ${DAY}`, MACHINES_CLOCK_OFF: String(clockOff) }),
    };
  }

  /** Another machine: it has the workflow in a folder of its own, and no store. Resolves once it is there for runs. */
  async join({ concurrency = 8, url = this.server.url, clockOff, on, edit }: MachineOptions = {}): Promise<Call> {
    const folder = path.join(this.#folder, `machine-${this.#machines.length + 1}`);
    cpSync(this.project.folder, folder, { recursive: true, filter: name => !name.includes('.cronflow') });
    if (edit) writeFileSync(path.join(folder, 'far.ts'), edit(workflow(this.shape)));
    const args = ['work', folder, '--queue', url, '--concurrency', `${concurrency}`, '--json'];
    const machine = new Call(args, { cwd: folder, env: this.#environment(clockOff), ...commandOn(on) });
    this.#machines.push(machine);
    await machine.says('"working"');
    return machine;
  }

  /** Starts the run, or resumes it. */
  run(kind: 'run' | 'resume' = 'run', { url = this.server.url, on }: Pick<MachineOptions, 'url' | 'on'> = {}): Call {
    const what = kind === 'run' ? ['run', 'far.ts'] : ['resume', '1'];
    const call = this.project.start([...what, '--queue', url, '--json'], {
      env: this.#environment(),
      ...commandOn(on),
    });
    onTestFinished(() => call.kill('SIGKILL'));
    return call;
  }

  /** Waits until so many of a step have begun. */
  async begun(step: string, count: number): Promise<void> {
    await eventually(`${count} of ${step} have begun`, () => this.#count('begin', step) >= count, 60);
  }

  #count(what: Noted['what'], step: string): number {
    return this.noted.filter(noted => noted.what === what && noted.step === step).length;
  }

  /** Batches whose latest step was begun by this worker and has not ended: what it is at work at. */
  inFlightOf(host: number): Set<number> {
    const open = new Set<string>();
    for (const { what, step, item, host: by } of this.noted) {
      if (by !== host || what === 'mail') continue;
      if (what === 'begin') open.add(`${step} ${item}`);
      else open.delete(`${step} ${item}`);
    }
    return new Set([...open].map(key => Number(key.split(' ')[1])));
  }

  /** The worker that has the most. */
  get busiest(): Call {
    const [most] = this.#machines.toSorted((a, b) => this.inFlightOf(b.pid).size - this.inFlightOf(a.pid).size);
    if (!most) throw new Error('There is no worker.');
    return most;
  }

  /** The processes of a worker: its own, and those for the author's code. */
  processesOf(machine: Call): number[] {
    return [machine.pid, ...new Set(this.noted.filter(({ host }) => host === machine.pid).map(({ pid }) => pid))];
  }

  stop(machine: Call): void {
    for (const pid of this.processesOf(machine)) signal(pid, 'SIGSTOP');
  }

  goOn(machine: Call): void {
    for (const pid of this.processesOf(machine)) signal(pid, 'SIGCONT');
  }

  /** The process that executes the run. */
  async runner(): Promise<number> {
    await eventually('the run has an owner', () => this.project.rows('select pid from leases').length > 0, 30);
    return Number(this.project.rows('select pid from leases')[0].pid);
  }

  /** How long after a moment the first of these batches is worked at by another worker. */
  async takenOver(batches: ReadonlySet<number>, from: number, by?: number): Promise<number> {
    const first = () => this.noted.find(({ at, item, host }) => at > from && batches.has(item) && host !== by);
    await eventually('a batch is taken over', () => first() !== undefined, 60);
    return (first()?.at ?? Infinity) - from;
  }

  /** What must hold of a run that has come to its end: nothing lost, nothing counted twice. Returns how many steps were repeated. */
  check({ code, summary, stderr }: Ended): number {
    const { batches = 40 } = this.shape;
    const told = `${JSON.stringify({ ...summary, output: undefined })}\n${stderr.slice(-2_000)}`;
    if (code !== 0 || summary.status !== 'completed') throw new Error(`The run is ${String(summary.status)}: ${told}`);
    const output = JSON.stringify(summary.output);
    if (output !== JSON.stringify(expected(this.shape)))
      throw new Error(`The run has come to something else: ${output.slice(0, 2_000)}`);
    const noted = this.noted;
    const mails = noted.filter(({ what }) => what === 'mail').map(({ item }) => item);
    if (mails.length !== batches || new Set(mails).size !== batches)
      throw new Error(`${mails.length} mails were sent for ${batches} batches`);
    this.#checkStore(batches);
    const begun = noted.filter(({ what }) => what === 'begin').length;
    return begun - batches * 3;
  }

  #checkStore(batches: number): void {
    const db = openStore(this.project.storeFile, { mode: 'read' });
    try {
      const count = (sql: string) => db.prepare(sql).pluck().get() as number;
      const twice = count(
        'select count(*) from (select 1 from steps where status = 2 group by run, scope, node having count(*) > 1)',
      );
      if (twice > 0) throw new Error(`${twice} steps have two results`);
      const writes = count(`select count(*) from state_writes where key = 'count'`);
      if (writes !== batches) throw new Error(`The counter was written ${writes} times for ${batches} batches`);
      const running = count('select count(*) from steps where status = 1');
      if (running > 0) throw new Error(`${running} steps are shown as running`);
      const integrity = db.pragma('integrity_check', { simple: true });
      if (integrity !== 'ok') throw new Error(String(integrity));
    } finally {
      db.close();
    }
  }
}

function commandOn(machine: NetworkMachine | undefined): Pick<CallOptions, 'command'> {
  return machine ? { command: [...machine.inside, process.execPath, BIN] } : {};
}

/** Of this machine: nobody sets it, and all processes read the same. */
function uptime(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
}

export function signal(pid: number, name: NodeJS.Signals): void {
  if (isRunning(pid)) process.kill(pid, name);
}

/** The faults are made with signals, and told by /proc. */
export const CAN_BE_TOLD = process.platform === 'linux' && existsSync('/proc/uptime');
