import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RUNNER_FLAGS } from '../engine/runner/parent.ts';
import { perSecond, rounded, type Figure } from './support.ts';

/*
 * How the memory of a run grows with the number of items that stream through it: not. Each run is in a process of its
 * own, started as a runner is.
 */

const FEW = 100_000;
const MANY = 5_000_000;
const RATIO_AIM = 1.15;
const MEGABYTES_AIM = 250;

/** What bench/memory-child.ts prints. */
export interface Peak {
  readonly megabytes: number;
  readonly seconds: number;
}

export async function benchMemory(): Promise<Figure[]> {
  const few = await peakOf(FEW);
  const many = await peakOf(MANY);
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
  ];
}

async function peakOf(items: number): Promise<Peak> {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...RUNNER_FLAGS, child, String(items)]);
  return JSON.parse(stdout) as Peak;
}
