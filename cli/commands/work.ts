import { randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { oneLine } from '../../common/safe-text.ts';
import { openQueue } from '../../engine/remote/bullmq/open-queue.ts';
import type { Directory, WorkerCard } from '../../engine/remote/directory.ts';
import { gapOf } from '../../engine/remote/open-remote-workers.ts';
import { WorkerHost } from '../../engine/remote/worker-host.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { workerProcesses } from '../../engine/runner/worker-parent.ts';
import { parseArguments, positiveNumber, text } from '../arguments.ts';
import { fromCaller, toCaller } from '../caller-paths.ts';
import { QUEUE_OPTION, requireQueue } from '../queue-option.ts';
import { shellWord } from '../shell-word.ts';
import { UsageError } from '../usage.ts';
import { ServedWorkflows } from '../queue-worker/served-workflows.ts';
import { untilToldToEnd } from '../queue-worker/told-to-end.ts';
import { workView } from '../queue-worker/work-view.ts';

/** Steps mostly wait for something else. */
const BATCHES_FOR_EACH_CORE = 2;
/** More are a mistake: each of them has memory of its own. */
const MOST_BATCHES = 1_000;
const ENDED_AT_ONCE = 130;
const CLOSE_WITHIN = 3_000;

/** Executes batches of runs on other machines until it is told to end. */
export async function work(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'work', 'the folder of the workflows', {
    ...QUEUE_OPTION,
    concurrency: { type: 'string' },
  });
  const folder = folderOf(operand);
  const concurrency = concurrencyOf(text(values.concurrency));
  const settings = await requireQueue(values, folder);
  const view = workView(values.json === true);
  let isServing = false;
  const queue = await openQueue(settings, { folder, onState: state => isServing && view.queue(state) });
  const served = new ServedWorkflows(folder, () => isServing && tell());
  const ending = untilToldToEnd();
  const host = new WorkerHost({
    openMailbox: queue.openMailbox,
    directory: shown(queue.directory, card => isServing && view.beat(card)),
    address: randomUUID(),
    secret: settings.secret,
    clock: systemClock,
    gapMs: gapOf(queue),
    workflows: () => served.all,
    startWorker: ({ file, workflow }) => workerProcesses({ file, workflow, store: undefined }),
    concurrency,
    onSession: event => view.session(event),
    onDrain: () => ending.begin(),
    onForeign: () =>
      view.note(
        'Letters come over the queue that are signed with another secret, and are not read. Do all have the same CRONFLOW_QUEUE_SECRET?',
      ),
  });
  const nameOf = (file: string) => oneLine(path.relative(folder, file));
  const tell = () => {
    const { all: workflows, broken } = served;
    view.serves({
      folder,
      queue: queue.shown,
      from: settings.from,
      address: host.address,
      concurrency,
      workflows,
      broken,
      nameOf,
    });
  };
  try {
    await served.find();
    for (const gap of served.gaps(nameOf)) view.note(gap);
    if (served.all.length + served.broken.length === 0)
      throw new UsageError(`${oneLine(folder)} has no workflow. Name a folder with files that import 'cronflow'.`);
    await host.open();
    isServing = true;
    tell();
    await ending.begun;
    view.draining(host.inFlight);
    const isDrained = await Promise.race([host.drain().then(() => true), ending.atOnce.then(() => false)]);
    return isDrained ? 0 : ENDED_AT_ONCE;
  } finally {
    isServing = false;
    ending.forget();
    served.close();
    // A server that is away does not hold the end up: others see that the card is no longer renewed.
    await Promise.race([host.close(), delay(CLOSE_WITHIN, undefined, { ref: false })]);
    await queue.close();
    view.end();
  }
}

function folderOf(operand: string): string {
  const folder = fromCaller(operand);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`There is no folder ${oneLine(folder)}.`);
  if (!stats.isDirectory())
    throw new UsageError(
      `${oneLine(folder)} is a file. A worker serves a folder: cronflow work ${shellWord(toCaller(path.dirname(folder)))}`,
    );
  return realpathSync(folder);
}

function concurrencyOf(given: string | undefined): number {
  if (given === undefined) return BATCHES_FOR_EACH_CORE * availableParallelism();
  const concurrency = positiveNumber('concurrency', given);
  if (concurrency > MOST_BATCHES) throw new UsageError(`--concurrency ${given} is more than ${MOST_BATCHES}.`);
  return concurrency;
}

/** What the worker says of itself, its terminal shows, too. */
function shown(directory: Directory, show: (card: WorkerCard) => void): Directory {
  return {
    announce: async card => {
      show(card);
      await directory.announce(card);
    },
    withdraw: address => directory.withdraw(address),
    list: () => directory.list(),
  };
}
