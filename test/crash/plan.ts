import { CHANGES_A_PAGE } from '../../engine/store/rerun-pages.ts';
import { randomOf } from '../support/random.ts';
import { STATE_KINDS } from './state-kinds.ts';
import { firstName, type Manner } from './world.ts';

/** A random workflow as plain data: it is printed into its file, and made a workflow of by build.ts. */
export type Plan = readonly PlanNode[];

/** A name of its own; else it is known by its kind and place. */
interface Named {
  readonly name?: string;
}

export interface PlanStep extends Manner, Named {
  readonly kind: 'step' | 'action';
}

export interface PlanLoop extends Named {
  readonly kind: 'batch' | 'forEach';
  readonly items: number;
  readonly source: 'array' | 'promise' | 'generator' | 'stream';
  /** Characters that each item carries. */
  readonly bulk: number;
  readonly size: number;
  readonly concurrency: number;
  readonly tolerant: boolean;
  /** No batch begins after one has failed. Only where one runs at a time: else it is luck which have begun. */
  readonly stops: boolean;
  /** Tries of a whole batch. */
  readonly tries: number;
  readonly body: Plan;
  /** Processes that execute its batches; else the runner does. */
  readonly workers?: number;
}

export type PlanNode =
  | PlanStep
  | PlanLoop
  | (Named &
      (
        | { readonly kind: 'if'; readonly goesFor: number; readonly inside: Plan; readonly otherwise: Plan }
        | { readonly kind: 'while'; readonly rounds: number; readonly body: Plan }
        | { readonly kind: 'parallel'; readonly members: readonly PlanStep[] }
        | { readonly kind: 'race'; readonly winner: PlanStep }
        | { readonly kind: 'sleep'; readonly ms: number }
      ));

/** Chances that are the same for the same seed. */
export class Random {
  /** Between 0 and 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = randomOf(seed);
  }

  /** A whole number between the two, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)] as T;
  }
}

/** Fewer than these are killed before they have got anywhere; more only take longer. */
const FEWEST_STEPS = 14;
const MOST_STEPS = 140;

/** A workflow with at least one loop, of a size at which a kill finds it at work. */
export function randomPlan(random: Random): Plan {
  if (random.chance(0.07)) return [random.chance(0.4) ? pagedLoop(random) : longLoop(random), step(random, 'step')];
  for (;;) {
    const plan = [...chain(random, 2, 'workflow'), loop(random, 2)];
    const steps = executions(plan);
    if (steps >= FEWEST_STEPS && steps <= MOST_STEPS) return plan;
  }
}

/** The same, where nothing takes its time and there is not much of anything. */
export function quickPlan(random: Random): Plan {
  for (;;) {
    const plan = [...chain(random, 2, 'workflow'), { ...loop(random, 2), items: random.int(1, 5) }];
    if (executions(plan) <= 40) return quick(plan);
  }
}

function quick(plan: Plan): Plan {
  return plan.map(node => {
    switch (node.kind) {
      case 'step':
      case 'action':
        return { ...node, ms: node.ms > 2 ? -1 : node.ms, bulk: 0 };
      case 'sleep':
        return { ...node, ms: 1 };
      case 'parallel':
        return { ...node, members: quick(node.members) as PlanStep[] };
      case 'if':
        return { ...node, inside: quick(node.inside), otherwise: quick(node.otherwise) };
      case 'while':
        return { ...node, body: quick(node.body) };
      case 'batch':
      case 'forEach':
        return { ...node, bulk: 0, body: quick(node.body) };
      case 'race':
        return node;
    }
  });
}

/** More batches than are cut in one turn of the event loop, and sometimes than are held in memory. */
function longLoop(random: Random): PlanLoop {
  const items = random.int(280, 1_300);
  return {
    ...loop(random, 2),
    items,
    bulk: 0,
    size: random.int(1, 2),
    concurrency: random.pick([1, 4, 20]),
    stops: false,
    tries: 1,
    body: [{ kind: 'step', ms: random.pick([0, -1]), counts: 'incr' }],
  };
}

/** So many batches that a re-run of all of them is written in pages: each changes three rows. */
function pagedLoop(random: Random): PlanLoop {
  return { ...longLoop(random), items: Math.ceil(CHANGES_A_PAGE / 3) + random.int(1, 600), size: 1, concurrency: 20 };
}

export function isPaged(plan: Plan): boolean {
  return plan.some(node => (node.kind === 'batch' || node.kind === 'forEach') && node.items > CHANGES_A_PAGE / 3);
}

/** The same with workers for each loop that is in no other: one in another runs where that one does. */
export function withWorkers(plan: Plan, workers: number): Plan {
  return plan.map(node => {
    switch (node.kind) {
      case 'batch':
      case 'forEach':
        return { ...node, workers };
      case 'if':
        return { ...node, inside: withWorkers(node.inside, workers), otherwise: withWorkers(node.otherwise, workers) };
      case 'while':
        return { ...node, body: withWorkers(node.body, workers) };
      default:
        return node;
    }
  });
}

function chain(random: Random, levels: number, where: 'workflow' | 'body'): Plan {
  return Array.from({ length: random.int(where === 'workflow' ? 0 : 1, 3) }, () => node(random, levels));
}

function node(random: Random, levels: number): PlanNode {
  const kinds =
    levels === 0
      ? (['step', 'step', 'step', 'action', 'parallel', 'sleep', 'race'] as const)
      : (['step', 'step', 'step', 'action', 'batch', 'batch', 'batch', 'if', 'while', 'parallel'] as const);
  const kind = random.pick<(typeof kinds)[number]>(kinds);
  switch (kind) {
    case 'step':
    case 'action':
      return step(random, kind);
    case 'batch':
      return loop(random, levels);
    case 'if':
      return {
        kind,
        goesFor: random.int(0, 2),
        inside: chain(random, levels - 1, 'body'),
        otherwise: chain(random, levels - 1, 'body'),
      };
    case 'while':
      return { kind, rounds: random.int(0, 3), body: chain(random, levels - 1, 'body') };
    case 'parallel':
      return { kind, members: Array.from({ length: random.int(2, 3) }, () => step(random, 'step')) };
    case 'race':
      return { kind, winner: { kind: 'step', ms: random.int(1, 4) } };
    case 'sleep':
      return { kind, ms: random.int(1, 30) };
  }
}

function step(random: Random, kind: PlanStep['kind']): PlanStep {
  // Some are at work for longer than it takes until what is in flight is shown in the store.
  const ms = random.chance(0.02) ? 300 : random.pick([0, 0, -1, 1, 2, 4, 8]);
  return {
    kind,
    ms,
    // No chance of its own: the seeds stand for the workflows that they always stood for.
    ...((ms === 1 || ms === 4) && { hasEffect: true }),
    ...(random.chance(0.5) && { counts: random.pick([...STATE_KINDS, 'apart' as const]) }),
    ...(random.chance(0.15) && { flaky: random.int(1, 2) }),
    ...(random.chance(0.08) && { breaksFor: random.int(0, 2) }),
    ...(random.chance(0.08) && { bulk: random.pick([2_000, 60_000]) }),
    ...(random.chance(0.04) && { leavesChild: true }),
    ...(random.chance(0.1) && { writes: true }),
  };
}

function loop(random: Random, levels: number): PlanLoop {
  const kind = random.pick(['batch', 'batch', 'forEach'] as const);
  const concurrency = random.pick([1, 1, 2, 3, 8]);
  const tolerant = random.chance(0.2);
  const tries = random.chance(0.25) ? random.int(2, 3) : 1;
  const body = chain(random, levels - 1, 'body');
  return {
    kind,
    items: levels === 2 ? random.int(4, 30) : random.int(0, 6),
    source: random.pick(['array', 'array', 'promise', 'generator', 'stream'] as const),
    bulk: random.chance(0.1) ? random.pick([1_000, 20_000]) : 0,
    size: kind === 'forEach' ? 1 : random.pick([1, 1, 2, 3, 7]),
    concurrency,
    tolerant,
    stops: concurrency === 1 && random.chance(0.15),
    tries,
    body: tries > 1 && random.chance(0.6) ? [...body, healedByRetry(random)] : body,
  };
}

/** What fails once in each place and has no try of its own for it: in a batch that is tried again. */
function healedByRetry(random: Random): PlanNode {
  const step: PlanStep = { kind: 'step', ms: random.pick([0, -1, 2]), counts: 'incr', flaky: 1, hasOneTry: true };
  if (random.chance(0.4)) return step;
  return {
    kind: 'batch',
    items: random.int(1, 4),
    source: 'array',
    bulk: 0,
    size: 1,
    concurrency: random.int(1, 3),
    tolerant: false,
    stops: false,
    tries: 1,
    body: [step],
  };
}

/** About how many steps and conditions are executed, each once. */
function executions(plan: Plan): number {
  let sum = 0;
  for (const node of plan) {
    switch (node.kind) {
      case 'step':
      case 'action':
      case 'race':
        sum += 1;
        break;
      case 'parallel':
        sum += node.members.length;
        break;
      case 'if':
        sum += 1 + Math.max(executions(node.inside), executions(node.otherwise));
        break;
      case 'while':
        sum += 1 + node.rounds * (1 + executions(node.body));
        break;
      case 'batch':
      case 'forEach':
        sum += 1 + Math.ceil(node.items / node.size) * executions(node.body);
        break;
      case 'sleep':
        break;
    }
  }
  return sum;
}

/** How many steps may be at work at one moment. */
export function mostInFlight(plan: Plan): number {
  return (
    losersOf(plan) +
    Math.max(
      1,
      ...plan.map(node => {
        switch (node.kind) {
          case 'parallel':
            return node.members.length;
          case 'race':
            return 2;
          case 'if':
            return Math.max(mostInFlight(node.inside), mostInFlight(node.otherwise));
          case 'while':
            return mostInFlight(node.body);
          case 'batch':
          case 'forEach':
            return node.concurrency * (mostInFlight(node.body) + losersOf(node.body));
          default:
            return 1;
        }
      }),
    )
  );
}

/** Steps that a race has gone on without, and that may be at work still when what comes after it is. */
function losersOf(plan: Plan): number {
  return plan.reduce((sum, node) => {
    switch (node.kind) {
      case 'race':
        return sum + 1;
      case 'if':
        return sum + Math.max(losersOf(node.inside), losersOf(node.otherwise));
      case 'while':
        return sum + losersOf(node.body);
      default:
        return sum;
    }
  }, 0);
}

/** The first names of all its steps, at any depth. */
export function stepNames(plan: Plan): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.stringify(plan, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'step' && 'name' in value)
      names.add(firstName(String(value.name)));
    return value;
  });
  return names;
}
