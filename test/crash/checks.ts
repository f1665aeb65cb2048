import { isDeepStrictEqual } from 'node:util';
import { StepStatus } from '../../common/status.ts';
import { nameOf } from './build.ts';
import type { Plan } from './plan.ts';
import { isBalanced } from '../support/balance.ts';
import type { Outcome } from '../support/outcome.ts';
import type { AttemptAt, StoreRecord } from './record.ts';
import { READ } from './state-kinds.ts';
import type { Noted } from './world.ts';

/** What was promised has not been kept. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly kind: 'lost' | 'twice' | 'other';

  constructor(kind: Violation['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** How things stood when all processes were gone. */
export interface Moment {
  readonly record: StoreRecord;
  readonly ledger: readonly Noted[];
  /** Lines of the ledger up to the last re-run, which may take anything they tell of out of use. */
  readonly linesBeforeRerun: number;
}

/** Whether a step has a checkpoint: its result is in use. */
function checkpointOf(attempts: readonly AttemptAt[] | undefined): AttemptAt | undefined {
  return attempts?.find(({ status }) => status === StepStatus.succeeded);
}

/** Executions that had begun and of whose end the store knows nothing: what a kill may lose. */
function inFlight({ record, ledger, linesBeforeRerun }: Moment): Set<string> {
  const open = new Set<string>();
  for (const { what, place, n } of ledger.slice(linesBeforeRerun)) {
    // The last question of a while is in no round that the store has.
    if (what !== 'begin' || place.endsWith('/?')) continue;
    const last = record.attempts.get(place)?.findLast(({ attempt }) => attempt === n);
    if (last && last.status !== StepStatus.interrupted && last.status !== StepStatus.running) open.delete(place);
    else open.add(place);
  }
  return open;
}

/** Holds for a store whenever nobody works on it. */
export function checkAtRest(moment: Moment): void {
  checkEffects(moment);
  const { record } = moment;
  const { summary, outcome, leftovers } = record;
  for (const node of summary.nodes)
    if (!isBalanced(node))
      throw new Violation('lost', `The counts of ${node.path} do not balance: ${JSON.stringify(node)}`);
  if (summary.items.running > 0 || summary.batches.running > 0)
    throw new Violation(
      'other',
      `Nobody works on the run, and batches are shown as running: ${JSON.stringify(summary.batches)}`,
    );
  for (const [place, attempts] of record.attempts) {
    if (attempts.filter(({ status }) => status === StepStatus.succeeded).length > 1)
      throw new Violation('twice', `${place} has two checkpoints.`);
    attempts.forEach(({ attempt }, index) => {
      if (attempt !== index + 1) throw new Violation('lost', `Attempt ${index + 1} of ${place} is missing.`);
    });
    for (const { kind, path, status, attempt, logs } of attempts) {
      const says =
        (kind === 'step' || kind === 'action') &&
        !path.endsWith('/slow') &&
        !path.endsWith(' results') &&
        !path.endsWith(READ) &&
        !path.endsWith('/round') &&
        path !== 'round';
      if (says && status !== StepStatus.interrupted && status !== StepStatus.running && logs !== 1)
        throw new Violation(
          logs > 1 ? 'twice' : 'lost',
          `Attempt ${attempt} of ${place} said one thing, and ${logs} lines of it are kept.`,
        );
    }
  }
  if (outcome.status !== 'running' && leftovers.running > 0)
    throw new Violation(
      'other',
      `The run is ${outcome.status}, and ${leftovers.running} attempts are shown as running.`,
    );
}

/** What was done outside was done once, and what is stored as done was done. */
export function checkEffects({ record: { effects }, ledger }: Pick<Moment, 'record' | 'ledger'>): void {
  const done = new Map<string, number>();
  for (const { what, place } of ledger) if (what === 'effect') done.set(place, (done.get(place) ?? 0) + 1);
  for (const [key, times] of done) {
    if (times > 1) throw new Violation('twice', `The effect of ${key} was executed ${times} times.`);
    const status = effects.get(key);
    if (status === undefined || status === 'failed')
      throw new Violation('lost', `The effect of ${key} was executed, and is stored as ${status ?? 'nothing'}.`);
  }
  for (const [key, status] of effects)
    if (status === 'done' && !done.has(key))
      throw new Violation('other', `The effect of ${key} is stored as done, and was not executed.`);
}

/** What must hold from one moment to a later one, over whatever kills and tasks lie between. */
export function checkBetween(
  before: Moment,
  after: Moment,
  { isRerun, most, removed = new Set() }: { isRerun: boolean; most: number; removed?: ReadonlySet<string> },
): { repeated: number } {
  for (const kind of ['attempts', 'logs', 'passes', 'items', 'writes'] as const) {
    for (const [id, row] of before.record.kept[kind]) {
      const now = after.record.kept[kind].get(id);
      if (now !== row)
        throw new Violation('lost', `${kind} ${id} was ${row.slice(0, 300)}, and is ${now?.slice(0, 300) ?? 'gone'}.`);
    }
  }
  const later = after.ledger.slice(before.ledger.length);
  const open = inFlight(before);
  // A step that was lost, and then removed from the file, is never executed again.
  for (const place of open) if (removed.has(place.slice(place.lastIndexOf('/') + 1))) open.delete(place);
  const again = new Set<string>();
  for (const { what, place, n } of later) {
    if (what === 'pull') {
      const split = before.record.split.get(place);
      if (!isRerun && split !== undefined && n < split)
        throw new Violation(
          'twice',
          `Item ${n} of ${place} was read again; ${split} items had been split into stored batches.`,
        );
    }
    if (what !== 'begin') continue;
    const checkpoint = checkpointOf(before.record.attempts.get(place));
    if (checkpoint) {
      if (!isRerun || after.record.statuses.get(checkpoint.id) !== StepStatus.superseded)
        throw new Violation(
          'twice',
          `${place} was executed again (attempt ${n}) after its checkpoint (attempt ${checkpoint.attempt}) was committed.`,
        );
    }
    if (open.has(place)) again.add(place);
  }
  // What an earlier kill has lost may be put off by a step that was added before it.
  const begun = new Set(later.filter(({ what }) => what === 'begin').map(({ place }) => place));
  const lost = [...inFlight(after)].filter(place => begun.has(place));
  if (lost.length > most)
    throw new Violation(
      'twice',
      `${lost.length} steps were at work and lost, where at most ${most} can be: ${lost.join(', ')}`,
    );
  return { repeated: again.size };
}

export type OutcomePart = (typeof OUTCOME_PARTS)[number];
export const OUTCOME_PARTS = ['batches', 'steps', 'state', 'status', 'output'] as const;

/** Whatever its author has done to a loop meanwhile: each of its items is in one batch. */
export function checkItems({ batches, status }: Outcome, plan: Plan): void {
  if (status !== 'completed') return;
  for (const [index, node] of plan.entries()) {
    if (node.kind !== 'batch' && node.kind !== 'forEach') continue;
    const name = nameOf(node, index);
    const numbers = Object.entries(batches)
      .filter(([place]) => place.startsWith(`${name}[`) && !place.includes('/'))
      .flatMap(([, batch]) => (batch as [string, { n: number }[]])[1].map(({ n }) => n));
    const all = Array.from({ length: node.items }, (_, at) => at + 1);
    if (
      !isDeepStrictEqual(
        numbers.toSorted((a, b) => a - b),
        all,
      )
    )
      throw new Violation('lost', `The items in the batches of ${name} are ${text(numbers)}, of ${node.items}.`);
  }
}

/** A run that has come to its end is as one that nobody killed. */
export function checkOutcome(
  outcome: Outcome,
  reference: Outcome,
  parts: readonly OutcomePart[] = OUTCOME_PARTS,
): void {
  for (const key of parts) {
    if (isDeepStrictEqual(outcome[key], reference[key])) continue;
    const [is, was] = [outcome[key], reference[key]];
    const differing =
      typeof is === 'object' && typeof was === 'object' && is !== null && was !== null
        ? [...new Set([...Object.keys(is), ...Object.keys(was)])]
            .filter(name => !isDeepStrictEqual(is[name as never], was[name as never]))
            .map(name => `${name}: ${text(is[name as never])} instead of ${text(was[name as never])}`)
        : [`${text(is)} instead of ${text(was)}`];
    throw new Violation(
      key === 'batches' || key === 'steps' ? 'lost' : key === 'state' ? 'twice' : 'other',
      `${key} of the run: ${differing.slice(0, 5).join('; ')}`,
    );
  }
}

/** What the store says of the processes that worked on a run that is over. */
export function checkSessions({ sessions, activeMs, leftovers, isReopening }: StoreRecord): void {
  const open = sessions.filter(({ ended, outcome }) => !ended || outcome === null);
  if (open.length > 0) throw new Violation('other', `The run is over, and sessions are not: ${JSON.stringify(open)}`);
  const sum = sessions.reduce((total, { ms }) => total + (ms ?? 0), 0);
  // The system's clock, of which the stamps are, is set a little now and then; the one that measures is not.
  if (Math.abs(sum - activeMs) > 5 + sum / 200)
    throw new Violation(
      'other',
      `Its processes worked ${sum} ms on the run, and it says ${activeMs} ms: ${JSON.stringify(sessions)}`,
    );
  if (isReopening) throw new Violation('lost', 'The run is over, and a part of its re-run is not written.');
  if (leftovers.leases > 0 || leftovers.requests > 0)
    throw new Violation('other', `The run is over, and has ${JSON.stringify(leftovers)}`);
}

function text(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}

/**
 * Of two that work on a run one after the other, the second repeats what was in flight when the first was killed, and
 * nothing else.
 */
export function checkRivals(
  latest: readonly Noted[],
  { hasWorkers, most }: { readonly hasWorkers: boolean; readonly most: number },
): void {
  const by = new Map<string, Set<number>>();
  for (const { what, place, n, pid } of latest) {
    if (what !== 'begin' || place.endsWith('/?')) continue;
    // The next attempt of a batch may go to another worker of the same owner.
    const begun = hasWorkers ? `${place}, attempt ${n}` : place;
    by.set(begun, (by.get(begun) ?? new Set()).add(pid));
  }
  const twice = [...by].filter(([, pids]) => pids.size > 1).map(([begun]) => begun);
  if (twice.length > most)
    throw new Violation('twice', `Of two that took the run up, both executed ${twice.join(', ')}`);
}
