import { strongest, type Durability } from '../../common/durability.ts';
import { failpoint } from '../failpoints.ts';
import { finishCancel } from '../store/cancel.ts';
import { checkFree, type Lease } from '../store/leases.ts';
import { setDurability, type StoreDatabase } from '../store/open.ts';
import type { OwnerWatch } from '../store/owner-watch.ts';
import { CHANGES_A_PAGE, dropPages, hasPagesToWrite, keepPages, writePages } from '../store/rerun-pages.ts';
import { writePage } from '../store/rerun-writer.ts';
import {
  beginSession,
  endSession,
  markTakenUp,
  nextSession,
  putBackInFlight,
  requireRun,
  setActive,
  type Code,
  type RunRow,
} from '../store/runs.ts';
import { takeOver } from '../store/take-over.ts';
import { settleTally } from '../store/tally-now.ts';
import { inTransactionWhenFree } from '../store/when-free.ts';
import type { Graph } from '../workflow/graph.ts';
import type { Definition } from '../workflow/nodes.ts';
import { Stopwatch, systemClock, type Clock } from './clock.ts';
import type { RerunReport } from './rerun/request.ts';
import type { RunPlan } from './rerun/rerun.ts';
import type { RemoteSource } from './workers/workers.ts';

/** Between two transactions of many: others that wait for the store look again about as often. */
const PAUSE_MS = 5;

/** What a process needs to take up a run. */
export interface TakingUp {
  readonly db: StoreDatabase;
  /** Where the workflow file is now, to store with a run that is resumed. */
  readonly file?: string | undefined;
  readonly code: Code;
  /** Executes all batches that wait for nobody, in the place of processes of this machine. */
  readonly remoteWorkers?: RemoteSource | undefined;
  readonly clock?: Clock;
  /** What whoever starts it asks of its checkpoints. The workflow, or an earlier command, may ask for more. */
  readonly durability?: Durability | undefined;
  readonly definition: Definition;
  /** It is a part of another run, which uses the same connection. */
  readonly isSubflow?: boolean;
  /** What is known of the owners of runs. @default What this process has seen of them */
  readonly watch?: OwnerWatch;
}

/** How a run is taken up. */
export interface Intent {
  readonly kind: 'resume' | 'rerun';
  readonly graph: Graph;
  /** To store with the session. */
  readonly note?: string;
  /** @throws when the run is not in a state for it */
  readonly check?: (run: RunRow) => void;
  /** Only reads. @throws when it cannot be done */
  readonly plan: (run: RunRow) => RunPlan;
  /** Undefined: nobody works on the run. */
  readonly after?: SessionBefore | undefined;
}

/** The session of this process that the next one follows, in the same transaction: nobody finds the run between the two. */
export interface SessionBefore {
  readonly lease: Lease;
  readonly session: number;
}

/** A run whose session has begun. */
export interface Begun {
  readonly lease: Lease;
  readonly session: number;
  readonly stopwatch: Stopwatch;
  /** Milliseconds in which processes had worked on the run before. */
  readonly activeBefore: number;
  readonly report?: RerunReport | undefined;
}

/**
 * Takes up a run that was there before, and writes what is to be written before it goes on. The plan is made without a
 * lock, and made again if the run has changed meanwhile. Until the session has begun nothing has happened; from then on all
 * of the plan does, also when this process is killed in the middle.
 */
export async function takeUp(environment: TakingUp, id: number, intent: Intent): Promise<Begun> {
  const { db, watch } = environment;
  if (!intent.after) {
    checkFree(db, id, watch);
    finishCancel(db, id, nowOf(environment), watch);
  }
  const before = requireRun(db, id);
  intent.check?.(before);
  useDurability(environment, durabilityOf(environment, before));
  if (!intent.after) await finishReopening(environment, id);
  const plan = () => intent.plan(requireRun(db, id));
  const planned = plan();
  const taken = await inTransactionWhenFree(db, () => {
    // Another process may have worked on the run meanwhile.
    const valid = planned.basis.isValid() ? planned : plan();
    const row = requireRun(db, id);
    const lease = intent.after?.lease.passOn() ?? takeOver(db, row, nowOf(environment), watch);
    intent.check?.(row);
    const begun = valid.changes.size > CHANGES_A_PAGE ? undefined : begin(environment, lease, intent, valid);
    return { lease, valid, begun };
  });
  const { lease, valid } = taken;
  const begun = taken.begun ?? (await beginInPages(environment, lease, intent, valid));
  return { lease, ...begun, report: valid.report };
}

/** A session, and the stopwatch of the process that works in it: both begin at the same time. */
type BegunSession = Pick<Begun, 'session' | 'stopwatch' | 'activeBefore'>;

/** In the caller's transaction. */
function begin(environment: TakingUp, lease: Lease, intent: Intent, { changes }: RunPlan): BegunSession {
  const { db } = environment;
  const { run } = lease;
  putBackInFlight(db, run, nowOf(environment));
  settleTally(db, run);
  dropPages(db, run);
  failpoint('before-rerun');
  for (const page of changes.pages(CHANGES_A_PAGE)) writePage(db, run, page);
  failpoint('after-rerun');
  return beginSessionOf(environment, lease, intent);
}

async function beginInPages(
  environment: TakingUp,
  lease: Lease,
  intent: Intent,
  { changes }: RunPlan,
): Promise<BegunSession> {
  const { db } = environment;
  const { run } = lease;
  const now = () => nowOf(environment);
  await withPauses(keepPages(db, lease, changes, nextSession(db, run), () => lease.renew(now())));
  const begun = await inTransactionWhenFree(db, () => {
    lease.check();
    putBackInFlight(db, run, now());
    settleTally(db, run);
    return beginSessionOf(environment, lease, intent);
  });
  const { stopwatch, activeBefore } = begun;
  // The session has begun: if this is where its process dies, the time up to the last page was work on the run.
  const renew = () => {
    const { stamp, ms } = stopwatch.moment();
    lease.renew(stamp);
    setActive(db, run, activeBefore + ms);
  };
  await withPauses(writePages(db, lease, renew));
  return begun;
}

function beginSessionOf(environment: TakingUp, lease: Lease, intent: Intent): BegunSession {
  const { run } = lease;
  const { db, code, file, remoteWorkers, clock = systemClock } = environment;
  const row = requireRun(db, run);
  const durability = durabilityOf(environment, row);
  if (intent.after) endSession(db, run, intent.after.session, 'failed', nowOf(environment));
  markTakenUp(db, run, { graph: JSON.stringify(intent.graph), file, durability });
  const stopwatch = new Stopwatch(clock);
  const session = beginSession(db, run, {
    kind: intent.kind,
    note: intent.note,
    code,
    onQueue: remoteWorkers !== undefined,
    now: stopwatch.startedAt,
  });
  // What came before it, as long as it took, is no work on the run.
  lease.renew(stopwatch.startedAt);
  failpoint('taking-up');
  return { session, stopwatch, activeBefore: row.active_ms };
}

/** A re-run that has begun is written to its end, whoever comes next: its process was killed in the middle. */
async function finishReopening(environment: TakingUp, id: number): Promise<void> {
  const { db, watch } = environment;
  if (!hasPagesToWrite(db, id)) return;
  const lease = await inTransactionWhenFree(db, () => takeOver(db, requireRun(db, id), nowOf(environment), watch));
  await withPauses(writePages(db, lease, () => lease.renew(nowOf(environment))));
  lease.release();
}

/** Between two steps others have the store, and this process hears what it is told. */
async function withPauses(steps: Iterable<void>): Promise<void> {
  for (const _ of steps) await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
}

/** The most that the command, the workflow and, of a run that was there before, an earlier command ask for. */
export function durabilityOf({ durability, definition }: TakingUp, run?: RunRow): Durability {
  return strongest(durability, definition.durability, run?.durability);
}

/** Of a connection that other runs use, too, it is only ever raised. */
export function useDurability({ db, isSubflow = false }: TakingUp, durability: Durability): void {
  if (!isSubflow || durability === 'full') setDurability(db, durability);
}

function nowOf({ clock = systemClock }: TakingUp): number {
  return clock.now();
}
