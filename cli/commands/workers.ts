import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '../../common/format.ts';
import { openQueue, type OpenQueue } from '../../engine/remote/bullmq/open-queue.ts';
import type { WorkerCard } from '../../engine/remote/directory.ts';
import { Exchange } from '../../engine/remote/exchange.ts';
import { KnownCards } from '../../engine/remote/known-cards.ts';
import { gapOf } from '../../engine/remote/open-remote-workers.ts';
import type { FromHost, ToHost } from '../../engine/remote/session.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { parseArguments, text } from '../arguments.ts';
import { fromCaller } from '../caller-paths.ts';
import { asTyped } from '../hints.ts';
import { QUEUE_OPTION, requireQueue } from '../queue-option.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { workersText } from '../view/workers.ts';

/** A worker renews its card each second: over so many looks, each one that lives does. */
const LOOKS = 4;
const LOOK_EVERY_MS = 500;
/** A worker that is stopped or busy may take a while to hear. */
const DRAINS_WITHIN_MS = 20_000;

/** Lists the workers of a queue, or has one of them finish. */
export async function workers(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'workers', undefined, {
    ...QUEUE_OPTION,
    drain: { type: 'string' },
  });
  const settings = await requireQueue(values, fromCaller('.'));
  const queue = await openQueue(settings, { folder: process.cwd() });
  try {
    const alive = await look(queue);
    const drained = text(values.drain);
    const json = values.json === true;
    if (drained !== undefined) return await drain(queue, settings.secret, named(alive, drained), json);
    if (json) for (const { beat: _beat, ...card } of alive) printEvent({ event: 'queue-worker', ...card });
    else process.stdout.write(asTyped(workersText(alive, queue.shown)));
    return 0;
  } finally {
    await queue.close();
  }
}

async function look({ directory }: OpenQueue): Promise<readonly WorkerCard[]> {
  const cards = new KnownCards();
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (looks > 0) await delay(LOOK_EVERY_MS);
    cards.look(await directory.list());
  }
  return cards.alive;
}

/** @param begins How its address begins, as far as it is of no other */
function named(alive: readonly WorkerCard[], begins: string): WorkerCard {
  const [worker, other] = alive.filter(({ address }) => address.startsWith(begins));
  if (!worker) throw new UsageError(`No worker has the address ${begins}. List them with: cronflow workers`);
  if (other) throw new UsageError(`Several workers have an address that begins with ${begins}. Write more of it.`);
  return worker;
}

async function drain(
  queue: OpenQueue,
  secret: string,
  { address, inFlight }: WorkerCard,
  json: boolean,
): Promise<number> {
  const exchange = new Exchange<ToHost, FromHost>({
    openMailbox: queue.openMailbox,
    address: randomUUID(),
    secret,
    clock: systemClock,
    gapMs: gapOf(queue),
  });
  await exchange.open();
  try {
    exchange.begin(address, { onMessage: () => undefined, onLost: () => undefined }).send({ type: 'drain' });
    for (let waited = 0; waited < DRAINS_WITHIN_MS; waited += LOOK_EVERY_MS) {
      const card = (await queue.directory.list()).find(other => other.address === address);
      if (!card || card.isDraining) {
        if (json) printEvent({ event: 'draining', inFlight });
        else process.stdout.write(drainingText(address, inFlight));
        return 0;
      }
      await delay(LOOK_EVERY_MS);
    }
    process.stderr.write(`The worker ${address} does not answer.\n`);
    return 1;
  } finally {
    await exchange.close();
  }
}

function drainingText(address: string, inFlight: number): string {
  if (inFlight === 0) return `The worker ${address} ends.\n`;
  return `The worker ${address} finishes ${counted(inFlight, ['batch', 'batches'])}, takes nothing new, and then ends.\n`;
}
