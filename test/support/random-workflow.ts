import fc from 'fast-check';
import type { RunInProgress } from '../../engine/run/execute.ts';
import type { Stop } from '../../engine/run/stop.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { BodyFlow, Context } from '../../engine/workflow/types.ts';
import { range, turns } from './outside.ts';
import { workflow } from './runs.ts';
import { changeState, READ, readApart, setApart, STATE_KINDS, type StateKind } from '../crash/state-kinds.ts';

/** A workflow as plain data, so that one that breaks a property can be printed and made smaller. */
export type Plan = readonly PlanNode[];

export type PlanNode =
  | {
      readonly kind: 'step';
      /** How it changes the state. `apart` is a counter that it reads in a step of its own before it. */
      readonly counts: StateKind | 'apart' | undefined;
      /** How often it fails in each place before it succeeds; it has attempts enough. */
      readonly flaky: number;
      /** It fails for good, until it is mended, where the item divided by 3 leaves this. */
      readonly breaksFor: number | undefined;
    }
  | { readonly kind: 'if'; readonly goesFor: number; readonly inside: Plan; readonly otherwise: Plan }
  | {
      readonly kind: 'batch' | 'forEach';
      readonly items: number;
      readonly stream: boolean;
      readonly size: number;
      readonly concurrency: number;
      readonly tolerant: boolean;
      /** No batch begins after one has failed. Only where one runs at a time: else it is luck which have begun. */
      readonly stops: boolean;
      /** Whether a failed batch is tried once more. */
      readonly retries: boolean;
      readonly body: Plan;
    }
  | { readonly kind: 'while'; readonly rounds: number; readonly body: Plan };

const step = fc.record({
  kind: fc.constant('step' as const),
  counts: fc.constantFrom(undefined, undefined, undefined, ...STATE_KINDS, 'apart' as const),
  flaky: fc.constantFrom(0, 0, 0, 1, 2),
  breaksFor: fc.constantFrom(undefined, undefined, undefined, 0, 1, 2),
});

/** Three levels of nodes at most. */
function chain(levels: number): fc.Arbitrary<Plan> {
  if (levels === 0) return fc.array(step, { maxLength: 2 });
  const body = chain(levels - 1);
  const loop = fc.record({
    kind: fc.constantFrom('batch' as const, 'forEach' as const),
    items: fc.integer({ min: 0, max: 4 }),
    stream: fc.boolean(),
    size: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    tolerant: fc.boolean(),
    stops: fc.boolean(),
    retries: fc.constantFrom(false, false, true),
    body,
  });
  const branch = fc.record({
    kind: fc.constant('if' as const),
    goesFor: fc.integer({ min: 0, max: 2 }),
    inside: body,
    otherwise: body,
  });
  const rounds = fc.record({ kind: fc.constant('while' as const), rounds: fc.integer({ min: 0, max: 2 }), body });
  return fc.array(
    fc.oneof(
      { arbitrary: step, weight: 4 },
      { arbitrary: loop, weight: 3 },
      { arbitrary: branch, weight: 1 },
      { arbitrary: rounds, weight: 1 },
    ),
    { minLength: 1, maxLength: 3 },
  );
}

export const plans = chain(2);

/** When a process is to be interrupted: at the n-th call of a step, which then comes to its end or not. */
export interface Interruption {
  readonly call: number;
  readonly midway: boolean;
}

/** An attempt that an interruption ended counts among those of its step: each step has as many more. */
const MOST_INTERRUPTIONS = 4;

export const interruptions = fc.array(fc.record({ call: fc.integer({ min: 1, max: 25 }), midway: fc.boolean() }), {
  maxLength: MOST_INTERRUPTIONS,
});

/** What the steps of a planned workflow act upon, over all the processes that work on a run. */
export class Trial {
  /** How often each step has come to its end, by place. */
  readonly done = new Map<string, number>();
  /** Whether what breaks for good does so. */
  broken = true;
  /** Called at each step, with the run it belongs to. */
  observe: ((run: RunInProgress) => void) | undefined;
  readonly #failures = new Map<string, number>();
  #run: RunInProgress | undefined;
  #calls = 0;
  #interruption: (Interruption & { readonly as: Stop['as'] }) | undefined;

  /** Follows a run from now on, and stops it at the given step. */
  follow(run: RunInProgress, interruption?: Interruption, as: Stop['as'] = 'interrupted'): RunInProgress {
    this.#run = run;
    this.#calls = 0;
    this.#interruption = interruption && { ...interruption, as };
    return run;
  }

  /** What a step does first. */
  begin(): void {
    if (this.#run) this.observe?.(this.#run);
    this.#calls += 1;
    if (this.#calls !== this.#interruption?.call) return;
    this.#run?.run.stopping.request({ as: this.#interruption.as, reason: 'test' });
    if (this.#interruption.midway) throw new Error('the process is gone');
  }

  /** What a step does last. */
  end(place: string, { flaky, breaksFor }: PlanNode & { kind: 'step' }, item: number): void {
    const failures = this.#failures.get(place) ?? 0;
    if (failures < flaky) {
      this.#failures.set(place, failures + 1);
      throw new Error(`${place} is flaky`);
    }
    if (this.broken && breaksFor === item % 3) throw new Error(`${place} is broken`);
    this.done.set(place, (this.done.get(place) ?? 0) + 1);
  }
}

/** The workflow of a plan. Each process builds it anew. @param workers Of its loops */
export function planned(plan: Plan, trial: Trial, workers?: number): Definition {
  return workflow(flow => {
    extend(flow as never, plan, trial, { item: 0, alone: true, name: '', workers });
  });
}

interface Surroundings {
  /** First item of the innermost batch; unique among the batches of its node. */
  readonly item: number;
  /** Whether no other batch is at work beside this one. */
  readonly alone: boolean;
  readonly name: string;
  readonly workers: number | undefined;
}

function extend(flow: BodyFlow, plan: Plan, trial: Trial, around: Surroundings): void {
  for (const [index, node] of plan.entries()) {
    const name = `${around.name}${node.kind[0]}${index}`;
    switch (node.kind) {
      case 'step':
        addStep(flow, name, node, trial, around);
        break;
      case 'if':
        flow.if(name, async () => {
          trial.begin();
          return around.item % 3 === node.goesFor;
        });
        extend(flow, node.inside, trial, { ...around, name: `${name}t` });
        flow.else();
        extend(flow, node.otherwise, trial, { ...around, name: `${name}e` });
        flow.endIf();
        break;
      case 'batch':
      case 'forEach':
        addLoop(flow, name, node, trial, around);
        break;
      case 'while': {
        const rounds = `${name} at ${around.item}`;
        flow.while(
          name,
          async ctx => {
            trial.begin();
            return ctx.state.get(rounds, 0) < node.rounds;
          },
          inner => {
            inner.action('round', ctx => ctx.state.incr(rounds));
            extend(inner, node.body, trial, { ...around, name: '' });
          },
        );
      }
    }
  }
}

function addStep(
  flow: BodyFlow,
  name: string,
  node: PlanNode & { kind: 'step' },
  trial: Trial,
  { item, alone }: Surroundings,
): void {
  const isApart = node.counts === 'apart' && alone;
  if (isApart)
    flow.step(`${name}${READ}`, ctx => {
      trial.begin();
      return readApart(ctx.state);
    });
  flow.step(
    name,
    async ctx => {
      trial.begin();
      if (isApart) await setApart(ctx.state, ctx.last);
      else if (node.counts) await changeState(ctx.state, node.counts === 'apart' ? 'incr' : node.counts, item, alone);
      await turns(item % 3);
      const place = ctx.idempotencyKey.slice(ctx.idempotencyKey.indexOf(':') + 1);
      trial.end(place, isApart ? { ...node, breaksFor: undefined } : node, item);
      return isApart ? place : `${place} after ${String(ctx.last).split(' ')[0]}`;
    },
    node.flaky > 0 ? { retry: { attempts: node.flaky + 1 + MOST_INTERRUPTIONS, backoff: { delay: 0 } } } : {},
  );
}

function addLoop(
  flow: BodyFlow,
  name: string,
  node: PlanNode & { kind: 'batch' | 'forEach' },
  trial: Trial,
  around: Surroundings,
): void {
  const all = range(node.items).map(index => around.item * 10 + index + 1);
  const items: () => Iterable<number> = node.stream
    ? function* () {
        yield* all;
      }
    : () => all;
  const options = {
    concurrency: node.concurrency,
    onBatchError: node.stops && node.concurrency === 1 ? 'stop' : 'continue',
    tolerateFailures: node.tolerant ? 'all' : 0,
    ...(around.workers !== undefined && { workers: around.workers }),
    ...(node.retries && { retry: { attempts: 2, backoff: { delay: 0 } } }),
  } as const;
  const alone = around.alone && node.concurrency === 1;
  const body = (inner: BodyFlow, item = 0): void =>
    extend(inner, node.body, trial, { ...around, item, alone, name: '' });
  if (node.kind === 'batch')
    flow.batch(name, { items, size: node.size, ...options }, ([item], inner) => body(inner, item));
  else flow.forEach(name, items, (item, inner) => body(inner, item), options);
  flow.step(`${name} results`, async (ctx: Context) => {
    trial.begin();
    const results = [];
    for await (const { index, output } of ctx.results(name)) results.push([index, output]);
    return [results, ctx.last];
  });
}
