import { number } from '../../common/format.ts';
import { isTolerated, readTolerance } from '../../common/tolerance.ts';
import { runStatusWord, type RunStatusAsShown } from '../../common/waits-for.ts';
import type { BatchRow, Counts, RunItem } from '../../host/api/api.ts';
import { askedByText, secondsText } from './retry-text.ts';

/*
 * Why a batch does not run: one sentence, from what the engine says. What it does not say is not guessed: a batch of a run
 * that another process executes may wait for a reason that only that process knows.
 */

/** How the batches of one node stand, and what holds those back that have not begun. */
export interface NodeAtWork {
  readonly running: number;
  /** They hold their places while they wait for their next attempt. */
  readonly retrying: number;
  readonly waiting: number;
  /** How many can run at a time. */
  readonly places: number;
  /** Until when its rate limit lets no more begin; undefined: it does not, or its process has not said so. */
  readonly heldUntil: number | undefined;
  readonly hasRateLimit: boolean;
  /** More batches failed than are tolerated, and it stops then. */
  readonly isHalted: boolean;
  /** When the first of those that are retrying goes on. */
  readonly nextAt: number | undefined;
}

export interface RunAtWork extends RunStatusAsShown {
  readonly stopping: RunItem['stopping'];
}

/** A batch around the one that is asked for, that does not run either. */
export interface ParentBatch {
  readonly title: string;
  readonly index: number;
  readonly status: BatchRow['status'];
}

export interface WhyOf {
  readonly row: Pick<BatchRow, 'status' | 'wait'>;
  readonly node: NodeAtWork;
  readonly run: RunAtWork;
  readonly now: number;
  readonly title: (path: string) => string;
  readonly mostOf: (path: string) => number | undefined;
  /** Of a batch inside others: the nearest one around it. */
  readonly parent?: ParentBatch | undefined;
}

/** The sentence; undefined where a batch runs, or has come to its end. */
export function whyNotRunning(of: WhyOf): string | undefined {
  const { row, run } = of;
  if (row.status !== 'waiting' && row.status !== 'retrying') return row.wait && waitSentence(row.wait, of);
  const ofRun = whyOfRun(run);
  if (ofRun !== undefined) return ofRun;
  if (row.wait) return waitSentence(row.wait, of);
  if (row.status === 'retrying') return 'It waits for its next attempt.';
  return whyWaiting(of);
}

/** Why nothing more of a run begins; undefined while it goes on. */
function whyOfRun(run: RunAtWork): string | undefined {
  const { status, stopping } = run;
  if (run.rests && run.waitsFor) return `The run is ${runStatusWord(run)}: it goes on when that has come.`;
  switch (status) {
    case 'running':
      if (stopping === undefined) return undefined;
      return `The run is being ${stopping}: no more batches begin.`;
    case 'paused':
      return 'The run is paused.';
    case 'interrupted':
      return 'The run was interrupted: no process works on it.';
    case 'cancelled':
      return 'The run was cancelled before it began.';
    case 'failed':
    case 'completed':
      return 'The run ended before it began.';
  }
}

function waitSentence({ path, kind, attempt, until, asked }: NonNullable<BatchRow['wait']>, of: WhyOf): string {
  const name = of.title(path);
  const left = until > of.now ? secondsText(until - of.now) : undefined;
  if (kind === 'delay')
    return left === undefined ? `${name}: its delay is over.` : `In ${left}: ${name}, after its delay.`;
  const most = of.mostOf(path);
  const which = `attempt ${attempt}${most === undefined || most < attempt ? '' : ` of ${most}`} of ${name}`;
  // The countdown stands first: in a row there may be no room for all of it.
  if (left !== undefined) return `In ${left}: ${which}${askedByText(asked)}.`;
  const held = of.node.heldUntil ?? 0;
  return held > of.now ? `In ${secondsText(held - of.now)}, by the rate limit: ${which}.` : `Now: ${which}.`;
}

function whyWaiting({ node, now, parent }: WhyOf): string {
  if (parent && parent.status !== 'running')
    return `It waits for batch ${number(parent.index)} of ${parent.title}, which is ${parent.status}.`;
  if (node.isHalted) return 'It does not begin: more batches failed than are tolerated.';
  // The places of a node inside a batch are that batch's own.
  if (parent)
    return `It waits for its turn: ${atATime(node.places)} in batch ${number(parent.index)} of ${parent.title}.`;
  if (areAllTaken(node)) return allTakenText(node);
  if (node.heldUntil !== undefined && node.heldUntil > now)
    return `The rate limit lets the next batch begin in ${secondsText(node.heldUntil - now)}.`;
  return `It waits for its turn: ${atATime(node.places)}${node.hasRateLimit ? ', and there is a rate limit' : ''}.`;
}

function atATime(places: number): string {
  return `at most ${number(places)} ${places === 1 ? 'runs' : 'run'} at a time`;
}

function areAllTaken({ running, retrying, places }: NodeAtWork): boolean {
  return running + retrying >= places;
}

function allTakenText(node: NodeAtWork): string {
  const { places, retrying } = node;
  if (places > 1) return `All ${number(places)} places are in use${whoseText(retrying)}.`;
  return `The only place is in use${retrying === 1 ? ' by a batch that waits for its next attempt' : ''}.`;
}

function whoseText(retrying: number): string {
  if (retrying === 0) return '';
  return retrying === 1
    ? ', one of them by a batch that waits for its next attempt'
    : `, ${number(retrying)} of them by batches that wait for their next attempt`;
}

/** `all 8 are in use, 3 of them by batches that wait for their next attempt`. */
function placesText({ retrying, places }: NodeAtWork): string {
  if (places > 1) return `all ${number(places)} are in use${whoseText(retrying)}`;
  return `the only one is in use${retrying === 1 ? ' by a batch that waits for its next attempt' : ''}`;
}

/** What is left of a node, by reason. */
export interface LeftPart {
  readonly kind: 'running' | 'retrying' | 'waiting';
  readonly count: number;
  readonly text: string;
}

export function whatIsLeft(node: NodeAtWork, run: RunAtWork, now: number): LeftPart[] {
  const { running, retrying, waiting, nextAt, heldUntil, places } = node;
  const parts: LeftPart[] = [];
  if (running > 0) parts.push({ kind: 'running', count: running, text: 'running' });
  if (retrying > 0) {
    const first =
      nextAt !== undefined && nextAt > now
        ? `, ${retrying === 1 ? '' : 'the first '}in ${secondsText(nextAt - now)}`
        : '';
    const whose = retrying === 1 ? 'waits for its' : 'wait for their';
    parts.push({ kind: 'retrying', count: retrying, text: `${whose} next attempt${first}` });
  }
  if (waiting === 0) return parts;
  const verb = waiting === 1 ? 'waits' : 'wait';
  const text = (): string => {
    const ofRun = whyOfRun(run);
    if (run.status === 'failed' || run.status === 'completed' || run.status === 'cancelled')
      return 'did not begin before the run ended';
    if (ofRun !== undefined) return `${verb}: ${lowered(ofRun)}`;
    if (node.isHalted) return `${waiting === 1 ? 'does' : 'do'} not begin: more batches failed than are tolerated`;
    if (areAllTaken(node)) return `${verb} for a free place: ${placesText(node)}`;
    if (heldUntil !== undefined && heldUntil > now)
      return `${verb} for the rate limit, the next for ${secondsText(heldUntil - now)}`;
    return `${verb} for ${waiting === 1 ? 'its' : 'their'} turn: ${atATime(places)}`;
  };
  parts.push({ kind: 'waiting', count: waiting, text: text() });
  return parts;
}

/** A sentence as the end of another. */
function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** Whether a node lets no more batches begin, because too many failed. */
export function isHalted(settings: Readonly<Record<string, unknown>> | undefined, batches: Counts): boolean {
  if (settings?.onBatchError !== 'stop' || batches.failed === 0) return false;
  const tolerance = readTolerance(settings.tolerate);
  return tolerance === undefined || !isTolerated(tolerance, batches);
}

/** How many attempts the `retry` of a node allows. */
export function mostAttempts(settings: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const retry = settings?.retry;
  if (typeof retry !== 'object' || retry === null || !('attempts' in retry)) return undefined;
  return typeof retry.attempts === 'number' ? retry.attempts : undefined;
}
