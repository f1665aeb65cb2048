import { counted, type Unit } from '../../../common/format.ts';
import { isOver } from '../../../common/run-workers.ts';
import type { RunWorker } from '../../../host/api/api.ts';

/* The workers of a run as people tell them apart: by machine, or, where all are on one, by process. */

const WORKER: Unit = ['worker', 'workers'];
const MACHINE: Unit = ['machine', 'machines'];

/** What is told apart in lanes and colours: all workers of one machine, or one worker. */
export interface WorkerGroup {
  readonly name: string;
  /** Numbers of workers. */
  readonly workers: readonly number[];
}

/** In the order in which they came. */
export function workerGroups(workers: readonly RunWorker[]): readonly WorkerGroup[] {
  if (!isOnSeveral(workers)) return workers.map(({ worker }) => ({ name: `worker ${worker}`, workers: [worker] }));
  return [...Map.groupBy(workers, ({ host }) => host)].map(([name, of]) => ({
    name,
    workers: of.map(({ worker }) => worker),
  }));
}

/** What each is called: `worker 2, process 4711`, or `build-3, process 4711` where there are several machines. */
export function workerNames(workers: readonly RunWorker[]): (wanted: number) => string {
  const byNumber = new Map(workers.map(of => [of.worker, of]));
  const areOnSeveral = isOnSeveral(workers);
  return wanted => {
    const found = byNumber.get(wanted);
    if (!found) return `worker ${wanted}`;
    const { host, pid } = found;
    // A file that hides the machines does not say the processes either.
    const process = pid === undefined ? undefined : `process ${pid}`;
    if (!areOnSeveral) return [`worker ${wanted}`, process].filter(part => part !== undefined).join(', ');
    return `${host}, ${process ?? `worker ${wanted}`}`;
  };
}

/** What one of them is called. Of many, see `workerNames`. */
export function workerName(workers: readonly RunWorker[], wanted: number): string {
  return workerNames(workers)(wanted);
}

/** The short name: of its machine where there are several, else its own. */
export function groupNameOf(workers: readonly RunWorker[], wanted: number): string {
  const found = workers.find(({ worker }) => worker === wanted);
  return found && isOnSeveral(workers) ? found.host : `worker ${wanted}`;
}

/** `2 workers`, `200 workers on 12 machines`: those that are there; at rest, all there were. */
export function workersText(workers: readonly RunWorker[], isRunning: boolean): string {
  const there = workers.filter(({ status, code }) => (isRunning ? !isOver(status) : code !== 'other'));
  const machines = new Set(there.map(({ host }) => host)).size;
  return `${counted(there.length, WORKER)}${machines > 1 ? ` on ${counted(machines, MACHINE)}` : ''}`;
}

function isOnSeveral(workers: readonly RunWorker[]): boolean {
  return workers.some(({ host }) => host !== workers[0]?.host);
}

/** A worker tells of itself each second: after so long without a word something is wrong, and nobody has noticed yet. */
const SILENT_MS = 3_000;

export function isSilent({ status, heardAt, beganAt }: RunWorker, now: number): boolean {
  return (status === 'working' || status === 'draining') && now - (heardAt ?? beganAt) > SILENT_MS;
}

/** Those that need a look first, in the order of their numbers otherwise. */
export function byNeed(workers: readonly RunWorker[], now: number): readonly RunWorker[] {
  const need = (worker: RunWorker) => (isSilent(worker, now) ? 0 : worker.status === 'draining' ? 1 : 2);
  return workers.toSorted((a, b) => need(a) - need(b) || a.worker - b.worker);
}

export type WorkerTone = 'running' | 'waiting' | 'retrying' | 'failed' | 'cancelled';

/** How it is, in a word and a sign, of which the colour is one of states. */
export function workerState(worker: RunWorker, now: number): { word: string; sign: string; tone: WorkerTone } {
  if (isSilent(worker, now)) return { word: 'silent', sign: '?', tone: 'retrying' };
  switch (worker.status) {
    case 'starting':
      return { word: 'starting', sign: '·', tone: 'waiting' };
    case 'working':
      return { word: 'alive', sign: '●', tone: 'running' };
    case 'draining':
      return { word: 'draining', sign: '◐', tone: 'retrying' };
    case 'drained':
      return { word: 'drained', sign: '○', tone: 'waiting' };
    case 'lost':
      return { word: 'lost', sign: '✕', tone: 'failed' };
    case 'refused':
      return worker.code === 'other'
        ? { word: 'other code', sign: '⊘', tone: 'cancelled' }
        : { word: 'refused', sign: '⊘', tone: 'cancelled' };
    case 'ended':
      return { word: 'ended', sign: '○', tone: 'waiting' };
  }
}

/** How many processes of other code there are, and what is to be done about it; undefined: none. */
export function otherCodeText(
  workers: readonly RunWorker[],
): { readonly what: string; readonly next: string } | undefined {
  const latest = Math.max(0, ...workers.map(({ session }) => session));
  // One of another machine that is gone, or has the code by now, is over.
  const others = workers.filter(
    ({ code, session, address, endedAt }) =>
      code === 'other' && session === latest && (address === undefined || endedAt === undefined),
  );
  if (others.length === 0) return undefined;
  const far = others.filter(({ address }) => address !== undefined);
  if (far.length === 0)
    return {
      what: `${counted(others.length, WORKER)} found other code`,
      next: 'The workflow, or a file that it imports, was changed after the run had begun. Pause the run and resume it: all of it then has the code as it is now.',
    };
  const hosts = [...new Set(far.map(({ host }) => host))];
  const [is, it] = hosts.length === 1 ? ['has', 'it executes'] : ['have', 'they execute'];
  return {
    what: `${counted(hosts.length, MACHINE)} ${is} other code`,
    next: `${hosts.join(', ')}: ${it} nothing of this run. Bring the folder there to what it is here, and start cronflow work again.`,
  };
}

/** Figures of all that are there. */
export function workersTotals(workers: readonly RunWorker[]): {
  inFlight: number;
  sent: number;
  stepsPerSecond: number;
  memory: number;
} {
  const there = workers.filter(({ status }) => !isOver(status));
  const sum = (of: (worker: RunWorker) => number) => there.reduce((total, worker) => total + of(worker), 0);
  return {
    inFlight: sum(({ inFlight }) => inFlight),
    // A batch that is handed to a process of this machine begins with it.
    sent: sum(({ sent, address }) => (address === undefined ? 0 : sent)),
    stepsPerSecond: sum(({ stepsPerSecond }) => stepsPerSecond),
    memory: sum(({ memory }) => memory ?? 0),
  };
}
