import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RUNNER_FLAGS } from '../engine/runner/parent.ts';
import { perSecond, rounded, type Figure } from './support.ts';

/*
 * How the memory of a run grows with the number of items that stream through it: not. What a step returns all at once has its own
 * size, and that of its text on the way to the store. Each run is in a process of its own, started as a runner is.
 */

const FEW = 100_000;
const MANY = 5_000_000;
const RATIO_AIM = 1.15;
const RETURNED = 1_000_000;
const RETURNED_AIM = 2.2;
const MEGABYTES_AIM = 250;

/** What bench/memory-child.ts prints. */
export interface Peak {
  readonly megabytes: number;
  readonly seconds: number;
}

export async function benchMemory(): Promise<Figure[]> {
  const few = await peakOf('stream', FEW);
  const many = await peakOf('stream', MANY);
  const ratio = many.megabytes / few.megabytes;
  return [
    { what: `peak of ${FEW.toLocaleString('en')} items`, value: `${rounded(few.megabytes)} MB` },
    {
      what: `peak of ${MANY.toLocaleString('en')} items`,
      value: `${rounded(many.megabytes)} MB`,
      aim: `< ${MEGABYTES_AIM} MB`,
      met: many.megabytes < MEGABYTES_AIM,
    },
    { what: 'many / few', value: ratio.toFixed(2), aim: `<= ${RATIO_AIM}`, met: ratio <= RATIO_AIM },
    { what: 'items streamed', value: perSecond(MANY, many.seconds) },
    ...(await benchReturned()),
  ];
}

async function benchReturned(): Promise<Figure[]> {
  const [nothing, own, returned, read] = [
    await peakOf('nothing', RETURNED),
    await peakOf('made', RETURNED),
    await peakOf('returned', RETURNED),
    await peakOf('read', RETURNED),
  ];
  const array = own.megabytes - nothing.megabytes;
  const toItsSize = (what: string, { megabytes }: Peak): Figure => {
    const ratio = (megabytes - nothing.megabytes) / array;
    return { what, value: ratio.toFixed(2), aim: `<= ${RETURNED_AIM}`, met: ratio <= RETURNED_AIM };
  };
  return [
    { what: `an array of ${RETURNED.toLocaleString('en')} small objects`, value: `${rounded(array)} MB` },
    toItsSize('  returned by a step, to its own size', returned),
    toItsSize('  and read by the next one', read),
  ];
}

async function peakOf(what: string, items: number): Promise<Peak> {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...RUNNER_FLAGS, child, what, String(items)]);
  return JSON.parse(stdout) as Peak;
}
