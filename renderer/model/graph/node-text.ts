import type { FailureCause, GraphNode } from '../../../host/api/api.ts';
import { counted, duration, locationText, number, timeLeft } from '../../../common/format.ts';
import { GLYPH } from '../../../common/status.ts';
import type { PlanNode } from './plan.ts';
import type { BatchState, NodeState, StepState } from './node-state.ts';

/** A piece of a line of figures; `bad` stands out and is never cut off. */
export interface Fact {
  readonly text: string;
  /** What is shown instead, where there is little room. */
  readonly short?: string;
  readonly bad?: boolean;
}

/** What is known of a step beside the totals. */
export interface StepTimes {
  readonly ms?: number | undefined;
  readonly attempt?: number | undefined;
}

const WORDS: Readonly<Record<NodeState, string>> = {
  idle: '',
  waiting: 'waiting',
  running: 'running',
  retrying: 'waiting to try again',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  paused: 'paused',
  interrupted: 'interrupted',
  unreached: 'not reached',
  skipped: 'not needed',
};

export function wordOf(standing: NodeState): string {
  return WORDS[standing];
}

const BATCHES = ['batch', 'batches'] as const;

export function stepFacts(node: PlanNode, now: StepState, times: StepTimes = {}): readonly Fact[] {
  if (now.standing === 'idle') return [{ text: what(node) }];
  if (now.waitsFor > 0) return [{ text: `waits for ${counted(now.waitsFor, BATCHES)}` }];
  if (node.times !== 'once') {
    const facts = countFacts(node, now);
    if (facts.length > 0) return facts;
  }
  const word = node.kind === 'if' && now.standing === 'succeeded' ? 'answered' : wordOf(now.standing);
  const facts: Fact[] = [{ text: word, bad: now.standing === 'failed' }];
  if (node.kind === 'sleep') facts.push({ text: duration(numberOf(node.node, 'ms')) });
  else if (times.ms !== undefined) facts.push({ text: duration(times.ms) });
  if (times.attempt !== undefined && times.attempt > 1) facts.push({ text: `attempt ${times.attempt}` });
  return facts;
}

function countFacts(node: PlanNode, { running, succeeded, failed, retrying }: StepState): readonly Fact[] {
  const facts: Fact[] = [];
  if (succeeded > 0) facts.push({ text: `${number(succeeded)} ${node.kind === 'if' ? 'asked' : 'done'}` });
  if (failed > 0) facts.push({ text: `${number(failed)} failed`, bad: true });
  if (retrying > 0)
    facts.push({ text: `${number(retrying)} to try again`, short: `${GLYPH.retrying} ${number(retrying)}` });
  if (running > 0) facts.push({ text: `${number(running)} running`, short: `${GLYPH.running} ${number(running)}` });
  return facts;
}

/** `Trim titles, 12 failed, 21 done`: what is wrong comes first. */
export function stepName(node: PlanNode, now: StepState, times: StepTimes = {}): string {
  const facts = stepFacts(node, now, times).toSorted((a, b) => Number(b.bad ?? false) - Number(a.bad ?? false));
  return [node.title, ...facts.map(({ text }) => text)].filter(text => text !== '').join(', ');
}

/** `21 done · 12 failed · 33`. */
export function batchFacts(now: BatchState): readonly Fact[] {
  if (now.node === 0) return [];
  const facts: Fact[] = [{ text: `${number(now.succeeded)} done` }];
  if (now.failed > 0) facts.push({ text: `${number(now.failed)} failed`, bad: true });
  if (now.running > 0) facts.push({ text: `${number(now.running)} running` });
  if (now.cancelled > 0) facts.push({ text: `${number(now.cancelled)} cancelled` });
  return facts;
}

/** How far: `33 / 33`, and `33 so far` of a stream. */
export function batchReach(now: BatchState): string {
  if (now.node === 0) return '';
  const done = number(now.succeeded + now.failed + now.cancelled);
  return now.complete ? `${done} / ${number(now.total)}` : `${done} / ${number(now.total)} so far`;
}

/** What it is doing, below its bar. */
export function batchLine(node: PlanNode, now: BatchState): string {
  const unit = node.node?.unit ?? (['item', 'items'] as const);
  if (now.standing === 'idle') return [sized(node), atATime(numberOf(node.node, 'concurrency'))].join(' · ');
  if (now.waitsFor > 0) return `waits for ${counted(now.waitsFor, BATCHES)}`;
  if (now.node === 0) return `${wordOf(now.standing)} · ${sized(node)}`;
  if (now.standing === 'running') {
    const parts = ['running'];
    if (now.rate > 0)
      parts.push(
        `${number(now.rate < 10 ? Math.round(now.rate * 10) / 10 : Math.round(now.rate))} ${unit[1]} a second`,
      );
    if (now.leftTo > 0) parts.push(`${timeLeft([now.leftFrom, now.leftTo])} left`);
    return parts.join(' · ');
  }
  return [
    now.tolerated ? 'succeeded, failures tolerated' : wordOf(now.standing),
    now.total === 0 ? `no ${unit[1]}` : `${counted(now.itemsTotal, unit)} ${sized(node)}`,
  ].join(' · ');
}

export function batchName(node: PlanNode, now: BatchState): string {
  if (now.node === 0) return [node.title, batchLine(node, now)].join(', ');
  const parts = [node.title];
  if (now.failed > 0) parts.push(`${number(now.failed)} of ${number(now.total)} failed`);
  parts.push(
    now.failed > 0 ? `${number(now.succeeded)} done` : `${number(now.succeeded)} of ${number(now.total)} done`,
    wordOf(now.standing),
  );
  return parts.join(', ');
}

function sized({ kind, node }: PlanNode): string {
  return kind === 'forEach' ? 'each by itself' : `in groups of ${number(numberOf(node, 'size'))}`;
}

export function atATime(concurrency: number): string {
  return concurrency <= 1 ? 'one at a time' : `${number(concurrency)} at a time`;
}

/** What failed most: `title.trim is not a function (films.ts:31)`. */
export function causeWords({ explain, message, at }: FailureCause): string {
  return `${explain ?? message}${at ? ` (${locationText(at)})` : ''}`;
}

/** What a card says while no run is shown: what its node does, in the words of its options. */
export function what({ kind, node, title }: Pick<PlanNode, 'kind' | 'node' | 'title'>): string {
  const settings = node?.settings ?? {};
  switch (kind) {
    case 'sleep':
      return `waits ${duration(numberOf(node, 'ms'))}`;
    case 'log':
      return typeof settings.message === 'string' && settings.message !== title
        ? settings.message
        : 'writes to the log';
    case 'cancel':
      return typeof settings.reason === 'string' ? settings.reason : 'ends the run';
    case 'if':
      return 'asked';
    case 'parallel':
      return 'all at the same time';
    case 'race':
      return 'the first one wins';
    case 'while':
      return `again and again, ${counted(numberOf(node, 'maxRounds'), ['round', 'rounds'])} at most`;
    case 'step':
    case 'action':
      return rules(settings) || kind;
    default:
      return '';
  }
}

function rules(settings: Readonly<Record<string, unknown>>): string {
  const parts = [];
  if (typeof settings.retry === 'object' && settings.retry !== null && 'attempts' in settings.retry)
    parts.push(`${String(settings.retry.attempts)} tries`);
  if (typeof settings.timeout === 'number') parts.push(`${duration(settings.timeout)} at most`);
  if (typeof settings.delay === 'number') parts.push(`after ${duration(settings.delay)}`);
  if (settings.onError === true) parts.push('has a fallback');
  return parts.join(' · ');
}

function numberOf(node: GraphNode | undefined, setting: string): number {
  const value = node?.settings?.[setting];
  return typeof value === 'number' ? value : 0;
}
