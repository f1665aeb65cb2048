import { Readable } from 'node:stream';
import type { BodyFlow, Context, Cronflow, ItemsContext } from '../../engine/workflow/types.ts';
import type { Plan, PlanLoop, PlanNode, PlanStep } from './plan.ts';
import { READ } from './state-kinds.ts';
import { firstName, placeOf, type Manner, type World } from './world.ts';

/*
 * Makes the workflow of a plan: in the runner, by a copy of this file beside the workflow's, and in this process for
 * the run that nobody kills.
 */

/** An item: its number is its own among all of its node. */
interface Item {
  readonly n: number;
  readonly bulk: string;
}

interface Surroundings {
  /** Number of the first item of the innermost batch. */
  readonly item: number;
  /** Whether no other batch is at work beside this one. */
  readonly alone: boolean;
  readonly name: string;
  /** Names of the loops it is in. */
  readonly within: string;
}

export function build(cronflow: Cronflow, plan: Plan, world: World): void {
  const flow = cronflow.define({ id: 'random', name: 'Random' });
  extend(flow as unknown as BodyFlow, plan, world, { item: 0, alone: true, name: '', within: '' });
}

function extend(flow: BodyFlow, plan: Plan, world: World, around: Surroundings): void {
  for (const [index, node] of plan.entries()) {
    const name = `${around.name}${nameOf(node, index)}`;
    const first = firstName(name);
    switch (node.kind) {
      case 'step':
        if (isApart(node, around)) flow.step(`${first}${READ}`, (ctx: Context) => world.read(ctx));
        flow.step(name, stepOf(node, world, around), optionsOf(node));
        break;
      case 'action':
        if (isApart(node, around)) flow.step(`${first}${READ}`, (ctx: Context) => world.read(ctx));
        flow.action(name, stepOf(node, world, around), optionsOf(node));
        break;
      case 'parallel':
        flow.parallel(
          name,
          Object.fromEntries(
            node.members.map((member, at) => [
              `m${at}`,
              stepOf({ ...member, flaky: 0 }, world, { ...around, alone: false }),
            ]),
          ),
          // What comes to a place that has become free is interrupted, too.
          node.members.length > 2 ? { maxConcurrency: 2, timeout: '1 minute' } : {},
        );
        break;
      case 'race':
        flow.race(name, {
          slow: async (ctx: Context) => await world.lose(ctx),
          fast: stepOf(node.winner, world, around),
        });
        break;
      case 'sleep':
        flow.sleep(name, node.ms);
        break;
      case 'if':
        flow.if(name, async ctx => world.ask(ctx, around.item % 3 === node.goesFor));
        extend(flow, node.inside, world, { ...around, name: `${first}t` });
        flow.else();
        extend(flow, node.otherwise, world, { ...around, name: `${first}e` });
        flow.endIf();
        break;
      case 'while': {
        const rounds = `${around.within}${first} at ${around.item}`;
        flow.while(
          name,
          async ctx => world.ask(ctx, ctx.state.get(rounds, 0) < node.rounds),
          inner => {
            inner.action('round', ctx => ctx.state.incr(rounds));
            extend(inner, node.body, world, { ...around, name: '', within: `${around.within}${first}/` });
          },
        );
        break;
      }
      case 'batch':
      case 'forEach':
        addLoop(flow, name, node, world, around);
        break;
    }
  }
}

/** One of its own, which an edited workflow has; else that of its kind and place. */
export function nameOf(node: PlanNode, index: number): string {
  return node.name ?? `${node.kind[0]}${index}`;
}

function isApart({ counts }: PlanStep, { alone }: Surroundings): boolean {
  return counts === 'apart' && alone;
}

function stepOf(node: PlanStep, world: World, around: Surroundings): (ctx: Context) => Promise<string> {
  const { item, alone } = around;
  const { breaksFor: _breaksFor, ...unbroken } = node;
  const how: Manner = isApart(node, around)
    ? unbroken
    : { ...node, counts: node.counts === 'apart' ? 'incr' : node.counts };
  return async ctx => await world.act(ctx, { ...how, alone }, item);
}

/** What a step has read of a counter depends on the order of batches, and so of re-runs: see `World.act`. */
function withoutReading(output: unknown): unknown {
  return typeof output === 'number' ? 'reading' : output;
}

/** An attempt that a kill ended counts among those of its step. */
const MOST_KILLS = 14;

function optionsOf({ flaky = 0, hasOneTry }: PlanStep): object {
  return flaky > 0 && !hasOneTry ? { retry: { attempts: flaky + 1 + MOST_KILLS, backoff: { delay: flaky * 10 } } } : {};
}

function addLoop(flow: BodyFlow, name: string, node: PlanLoop, world: World, around: Surroundings): void {
  const first = firstName(name);
  const options = {
    concurrency: node.concurrency,
    tolerateFailures: node.tolerant ? 'all' : 0,
    onBatchError: node.stops ? 'stop' : 'continue',
    ...(node.workers !== undefined && { workers: node.workers }),
    ...(node.tries > 1 && { retry: { attempts: node.tries, backoff: { delay: 5 } } }),
  } as const;
  const items = (ctx: ItemsContext) => itemsOf(ctx, node, world, around);
  const body = (inner: BodyFlow, item = 0): void =>
    extend(inner, node.body, world, {
      item,
      alone: around.alone && node.concurrency === 1,
      name: '',
      within: `${around.within}${first}/`,
    });
  if (node.kind === 'batch')
    flow.batch(name, { items, size: node.size, ...options }, (batch: Item[], inner) => body(inner, batch[0]?.n));
  // Drawn without an item.
  else flow.forEach(name, items, (item: Item | undefined, inner) => body(inner, item?.n), options);
  flow.step(`${first} results`, async (ctx: Context) => {
    world.ask(ctx, true);
    const results: unknown[] = [];
    for await (const { index, output } of ctx.results(name))
      results.push([index, typeof output === 'string' ? output.slice(0, 100) : withoutReading(output)]);
    return [results, ctx.last];
  });
}

function itemsOf(
  ctx: ItemsContext,
  { items, source, bulk }: PlanLoop,
  world: World,
  { item }: Surroundings,
): Iterable<Item> | AsyncIterable<Item> | Promise<Iterable<Item>> {
  const make = (index: number): Item => ({ n: item * 31 + index + 1, bulk: '.'.repeat(bulk) });
  const place = placeOf(ctx);
  function* from(first: number): Generator<Item> {
    for (let index = first; index < items; index++) {
      world.pull(place, index);
      yield make(index);
    }
  }
  switch (source) {
    case 'array':
      return Array.from({ length: items }, (_, index) => make(index));
    case 'promise':
      return new Promise(resolve => {
        setTimeout(() => resolve(Array.from({ length: items }, (_, index) => make(index))), 3);
      });
    case 'generator':
      return from(ctx.resume.offset);
    case 'stream':
      return Readable.from(from(ctx.resume.offset), { highWaterMark: 1 });
  }
}
