/*
 * Sends a shop's orders: charges the card, picks the articles, calls a carrier. The orders and the services are made
 * up, and the services fail on purpose, always in the same way. The towns that the orders go to are real.
 *
 *   npm run cronflow -- run examples/orders.ts
 *   npm run cronflow -- run examples/orders.ts --payload '{"orders": 30}'
 *
 * The bank is often busy, the label printer hangs, and the mail server does not answer for some orders. Retries,
 * timeouts and `onError` deal with these. The bank declines one card in forty, and no retry helps. The run tolerates
 * that (`tolerateFailures`) and completes. The failed orders stay on record. To run only them again, change DECLINED
 * to another number, then use `rerun`.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { cronflow } from 'cronflow';
import { z } from 'zod';

const DECLINED = 40;
const PLACES = new URL('../data/zipcodes.csv', import.meta.resolve('vega-datasets'));
const ARTICLES = [
  { name: 'teapot', grams: 900, cents: 3_450 },
  { name: 'armchair', grams: 24_000, cents: 28_900 },
  { name: 'lamp', grams: 2_100, cents: 7_900 },
  { name: 'notebook', grams: 300, cents: 1_250 },
] as const;
type Article = (typeof ARTICLES)[number];
/** How many there are of each article. */
type Stock = Readonly<Record<string, number>>;

interface Order {
  readonly number: number;
  readonly to: string;
  readonly express: boolean;
  readonly articles: readonly Article[];
}

/** The carrier of an order, and the price. */
interface Sent {
  readonly by: string;
  readonly cents: number;
}

/** An error that soon goes away: a retry helps. */
class Busy extends Error {}

cronflow
  .define({
    id: 'orders',
    name: 'Send out the orders',
    description: 'Charges the orders of last night, picks their articles and books the right carrier for each.',
    payload: z.object({ orders: z.int().min(1).max(2_000).default(120) }),
    // In a demo no card is charged: `inDemo` below says what the bank would have answered.
    demo: {
      pace: '200ms',
      fail: [{ step: 'order/charge', share: 0.05, error: 'The card was declined' }],
      payload: { orders: 90 },
    },
  })
  .step({ id: 'collect', title: 'Collect the orders' }, async ctx => {
    const places = (await readFile(PLACES, 'utf8')).trim().split('\n').slice(1);
    return Array.from({ length: ctx.payload.orders }, (_, index) => order(index + 1, places));
  })
  .while(
    { id: 'opening', title: 'Wait until the warehouse is open' },
    ctx => ctx.last?.open !== true,
    flow => {
      flow
        .sleep({ id: 'knock-later', title: 'Wait a moment' }, '150ms')
        .step({ id: 'knock', title: 'Ask if it is open' }, async ctx => ({
          open: (await ctx.state.incr('knocks')) === 3,
        }));
    },
    { maxRounds: 20 },
  )
  .parallel(
    {
      id: 'morning',
      title: 'Get stock and rates',
      description: 'Asks the warehouse and the carriers at the same time.',
    },
    {
      stock: async (): Promise<Stock> => {
        await wait(120);
        return Object.fromEntries(ARTICLES.map(({ name }) => [name, 1_000]));
      },
      rates: async () => {
        await wait(80);
        return { parcel: 690, freight: 4_900, courier: 1_990 };
      },
    },
  )
  .action({ id: 'shelve', title: 'Store the stock' }, ctx => ctx.state.set('stock', ctx.last.stock))
  .forEach(
    {
      id: 'order',
      title: 'Send the orders',
      description: 'Six orders at a time. The bank allows ten new orders in 200 ms.',
      unit: ['order', 'orders'],
      explain: inPlainWords,
    },
    ctx => ctx.steps.collect.output,
    (order, flow) => {
      flow
        .step({ id: 'charge', title: 'Charge the card' }, ctx =>
          // Whatever is re-run, a card is charged once. An order with another price needs a look, not another payment.
          ctx.effect(`charge order ${order.number}`, () => charge(order, ctx.attempt), {
            params: { cents: price(order) },
            inDemo: () => ({ receipt: `R-${order.number}`, cents: price(order) }),
            unit: ['payment', 'payments'],
          }),
        )
        .retry({
          attempts: 4,
          backoff: { strategy: 'exponential', delay: '40ms', maxDelay: '1s' },
          retryOn: error => error instanceof Busy,
        })
        .action({ id: 'book', title: 'Book the payment' }, ctx => ctx.state.incr('cents-taken', ctx.last.cents))
        .forEach(
          { id: 'article', title: 'Pick the articles', unit: ['article', 'articles'] },
          () => order.articles,
          ({ name }, flow) => {
            flow.action({ id: 'pick', title: 'Take from the shelf' }, ctx =>
              ctx.state.update<Stock>('stock', stock => ({ ...stock, [name]: (stock?.[name] ?? 0) - 1 })),
            );
          },
        )
        .if({ id: 'express', title: 'Express order?' }, () => order.express)
        .step({ id: 'courier', title: 'Call the courier' }, ctx =>
          sent('courier', ctx.steps.morning.output.rates.courier),
        )
        .elseIf({ id: 'heavy', title: 'Too heavy for a parcel?' }, () => weight(order) > 20_000)
        .step({ id: 'freight', title: 'Book a truck' }, ctx => sent('freight', ctx.steps.morning.output.rates.freight))
        .else()
        .step({ id: 'parcel', title: 'Send it as a parcel' }, ctx =>
          sent('parcel', ctx.steps.morning.output.rates.parcel),
        )
        .endIf()
        .step({ id: 'label', title: 'Print the label' }, async ctx => {
          await printLabel(order, ctx.attempt, ctx.signal);
          return { number: order.number, to: order.to, ...ctx.last };
        })
        .timeout('200ms')
        .retry({ attempts: 2, backoff: { delay: '20ms' } })
        .action({ id: 'mail', title: 'Send a mail to the customer' }, () => sendMail(order))
        .onError(ctx => ctx.state.incr('mails-to-write-by-hand'));
    },
    {
      concurrency: 6,
      rateLimit: { items: 10, per: '200ms' },
      tolerateFailures: '10%',
      conserve: order => price(order) / 100,
      conserveUnit: '$',
    },
  )
  .step({ id: 'report', title: 'Report to the shop' }, async ctx => {
    const by: Record<string, number> = {};
    let postage = 0;
    for await (const { output: parcel } of ctx.results<Sent>('order')) {
      by[parcel.by] = (by[parcel.by] ?? 0) + 1;
      postage += parcel.cents;
    }
    const carriers = Object.entries(by)
      .map(([carrier, count]) => `${count} by ${carrier}`)
      .join(', ');
    const { total, succeeded, failed } = ctx.steps.order.output.items;
    const taken = ctx.state.get('cents-taken', 0);
    const byHand = ctx.state.get('mails-to-write-by-hand', 0);
    console.log(`${succeeded} of ${total} orders are on their way: ${carriers}.`);
    console.log(`Charged: ${dollars(taken)}. Postage: ${dollars(postage)}.`);
    if (failed > 0) console.log(`${failed} orders need another card.`);
    if (byHand > 0) console.log(`${byHand} customers got no mail: write to them by hand.`);
    return { sent: succeeded, waiting: failed, by, taken, postage };
  });

function order(number: number, places: readonly string[]): Order {
  const [zip = '', , , city = '', state = ''] = places[(number * 317) % places.length]?.split(',') ?? [];
  return {
    number,
    to: `${city}, ${state} ${zip}`,
    express: number % 6 === 1,
    articles: ARTICLES.filter((_, index) => (number + index) % 3 === 0 || index === number % ARTICLES.length),
  };
}

function sent(by: string, cents: number): Sent {
  return { by, cents };
}

function price({ articles }: Order): number {
  return articles.reduce((sum, { cents }) => sum + cents, 0);
}

function weight({ articles }: Order): number {
  return articles.reduce((sum, { grams }) => sum + grams, 0);
}

// The made-up services. What they do depends only on the order and the attempt, so every run gives the same result.

async function charge(order: Order, attempt: number) {
  const { number } = order;
  const cents = price(order);
  await wait(15);
  if (number % DECLINED === 0) throw new Error(`The card of order ${number} was declined`);
  if (number % 5 === 0 && attempt < 3) throw new Busy('The bank is busy');
  return { receipt: `R-${number}`, cents };
}

/** Hangs in the first attempt of every ninth order. The signal ends the wait at the timeout. */
async function printLabel({ number }: Order, attempt: number, signal: AbortSignal): Promise<void> {
  await wait(number % 9 === 0 && attempt === 1 ? 60_000 : 10, undefined, { signal });
}

async function sendMail({ number }: Order): Promise<void> {
  await wait(5);
  if (number % 25 === 3) throw new Error('The mail server does not answer');
}

/** Explains an error to people who do not read code. */
function inPlainWords(error: Error): string {
  if (/declined/.test(error.message)) return 'The bank does not accept the card. Ask the customer for another card.';
  return error.message;
}

function dollars(cents: number): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(cents / 100);
}
