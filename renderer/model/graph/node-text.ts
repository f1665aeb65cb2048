import { ended } from '../../../common/counts.ts';
import { label, locationLabel } from '../shown-text.ts';
import type { FailureCause, GraphNode } from '../../../host/api/api.ts';
import { BATCH, counted, duration, ITEM, number, rateText, timeLeft } from '../../../common/format.ts';
import { isDurableWait, isFork, isNodeKind, isSubflow, NODE_KINDS } from '../../../common/node-kinds.ts';
import { GLYPH } from '../../../common/status.ts';
import { nextText, retriesText, retryingText } from '../retry-text.ts';
import type { PlanNode } from './plan.ts';
import type { BatchState, NodeState, StepState } from './node-state.ts';

/** A piece of a line of figures; `bad` stands out and is never cut off. */
export interface Fact {
  readonly text: string;
  /** What is shown instead, where there is little room. */
  readonly short?: string;
  readonly bad?: boolean;
  readonly tone?: 'retrying';
}

/** What is known of a step beside the totals. */
export interface StepTimes {
  readonly ms?: number | undefined;
  readonly attempt?: number | undefined;
  /** The time now, where a step waits for its next attempt. */
  readonly now?: number | undefined;
}

const STATE_TEXT: Readonly<Record<NodeState, string>> = {
  idle: '',
  waiting: 'waiting',
  running: 'running',
  retrying: 'waiting to retry',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  asking: 'waits for an answer',
  paused: 'paused',
  interrupted: 'interrupted',
  unreached: 'not reached',
  skipped: 'not needed',
};

export function stateText(state: NodeState): string {
  return STATE_TEXT[state];
}

export function stepFacts(node: PlanNode, figures: StepState, times: StepTimes = {}): readonly Fact[] {
  if (figures.state === 'idle') return [{ text: idleText(node) }];
  if (figures.waitsFor > 0) return [{ text: `waits for ${counted(figures.waitsFor, BATCH)}` }];
  if (node.repetition !== 'once') {
    const facts = countFacts(node, figures, times.now);
    if (facts.length > 0) return facts;
  }
  const word = isFork(node.kind) && figures.state === 'succeeded' ? 'evaluated' : stateText(figures.state);
  const facts: Fact[] = [{ text: word, bad: figures.state === 'failed' }];
  const next = nextText(figures.nextAt, times.now);
  if (next !== '') facts.push({ text: next });
  const sleeps = node.kind === 'sleep' ? numberOf(node.node, 'ms') : 0;
  if (sleeps > 0) facts.push({ text: duration(sleeps) });
  else if (times.ms !== undefined) facts.push({ text: duration(times.ms) });
  if (times.attempt !== undefined && times.attempt > 1) facts.push({ text: `attempt ${times.attempt}` });
  return facts;
}

function countFacts(
  node: PlanNode,
  { state, running, succeeded, failed, retrying, nextAt, retries }: StepState,
  now: number | undefined,
): readonly Fact[] {
  const facts: Fact[] = [];
  if (succeeded > 0) facts.push({ text: `${number(succeeded)} ${node.kind === 'if' ? 'evaluated' : 'done'}` });
  if (failed > 0) facts.push({ text: `${number(failed)} failed`, bad: true });
  if (retrying > 0) facts.push(retryingFact(retrying, nextAt, now));
  if (running > 0 && (isDurableWait(node.kind) || state === 'asking'))
    facts.push({ text: `${number(running)} ${running === 1 ? 'waits' : 'wait'} for an answer`, tone: 'retrying' });
  else if (running > 0)
    facts.push({ text: `${number(running)} running`, short: `${GLYPH.running} ${number(running)}` });
  if (retries > 0) facts.push({ text: retriesText(retries) });
  return facts;
}

function retryingFact(retrying: number, nextAt: number | undefined, now: number | undefined): Fact {
  return { text: retryingText(retrying, nextAt, now), tone: 'retrying' };
}

/** `Trim titles, 12 failed, 21 done`: what is wrong comes first. */
export function stepName(node: PlanNode, figures: StepState, times: StepTimes = {}): string {
  const facts = stepFacts(node, figures, times).toSorted((a, b) => Number(b.bad ?? false) - Number(a.bad ?? false));
  const runs = node.node && isSubflow(node.kind) ? `runs ${label(String(node.node.settings?.workflow), 80)}` : '';
  return [node.title, runs, ...facts.map(({ text }) => text)].filter(text => text !== '').join(', ');
}

/** `21 done · 12 failed · 33`. */
export function batchFacts(figures: BatchState, now?: number): readonly Fact[] {
  if (figures.node === 0) return [];
  const facts: Fact[] = [{ text: `${number(figures.succeeded)} done` }];
  if (figures.failed > 0) facts.push({ text: `${number(figures.failed)} failed`, bad: true });
  if (figures.retrying > 0) facts.push(retryingFact(figures.retrying, figures.nextAt, now));
  if (figures.running > 0) facts.push({ text: `${number(figures.running)} running` });
  if (figures.setAside > 0) facts.push({ text: `${number(figures.setAside)} set aside` });
  if (figures.cancelled > 0) facts.push({ text: `${number(figures.cancelled)} cancelled` });
  if (figures.retries > 0) facts.push({ text: retriesText(figures.retries) });
  return facts;
}

/** How far: `14 / 33`, and `33 so far` of a stream. Nothing when all have ended: what has become of them says how many. */
export function batchProgressText(figures: BatchState): string {
  if (figures.node === 0 || (figures.complete && ended(figures) === figures.total)) return '';
  const done = number(ended(figures));
  return figures.complete ? `${done} / ${number(figures.total)}` : `${done} / ${number(figures.total)} so far`;
}

/** What it is doing, below its bar. */
export function batchLine(node: PlanNode, figures: BatchState): string {
  const unit = node.node?.unit ?? ITEM;
  if (figures.state === 'idle')
    return [idleText(node), concurrencyText(numberOf(node.node, 'concurrency'))].join(' · ');
  if (figures.waitsFor > 0) return `waits for ${counted(figures.waitsFor, BATCH)}`;
  if (figures.node === 0) return `${stateText(figures.state)} · ${idleText(node)}`;
  if (figures.state === 'running') {
    const parts = ['running'];
    if (figures.rate > 0) parts.push(`${rateText(figures.rate)} ${unit[1]} a second`);
    if (figures.leftTo > 0) parts.push(`${timeLeft([figures.leftFrom, figures.leftTo])} left`);
    return parts.join(' · ');
  }
  return [
    figures.tolerated ? 'succeeded, failures tolerated' : stateText(figures.state),
    figures.total === 0 ? `no ${unit[1]}` : `${counted(figures.itemsTotal, unit)} ${idleText(node)}`,
  ].join(' · ');
}

export function batchName(node: PlanNode, figures: BatchState): string {
  if (figures.node === 0) return [node.title, batchLine(node, figures)].join(', ');
  const parts = [node.title];
  if (figures.failed > 0) parts.push(`${number(figures.failed)} of ${number(figures.total)} failed`);
  parts.push(
    figures.failed > 0
      ? `${number(figures.succeeded)} done`
      : `${number(figures.succeeded)} of ${number(figures.total)} done`,
    stateText(figures.state),
  );
  return parts.join(', ');
}

export function concurrencyText(concurrency: number): string {
  return concurrency <= 1 ? 'one at a time' : `${number(concurrency)} at a time`;
}

/** What failed most: `title.trim is not a function (films.ts:31)`. */
export function causeText({ explain, message, at }: FailureCause): string {
  return `${explain ?? message}${at ? ` (${locationLabel(at)})` : ''}`;
}

/** What a card says while no run is shown: what its node does, in the words of its options. */
export function idleText({ kind, node }: Pick<PlanNode, 'kind' | 'node'>): string {
  return isNodeKind(kind) ? NODE_KINDS[kind].does(node?.settings ?? {}) : '';
}

function numberOf(node: GraphNode | undefined, setting: string): number {
  const value = node?.settings?.[setting];
  return typeof value === 'number' ? value : 0;
}
