import { clock, counted, number, percent, timeLeft, type Unit } from '../../common/format.ts';
import type { Part, StageKind } from './presentation.ts';

/*
 * All texts of the presentation in one table, so that another language is another file like this one. They speak of what
 * the author calls things, never of batches, attempts or code.
 */

/** What the sentences count, in the author's unit. */
export interface Figures {
  readonly unit: Unit;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Set aside, with their reasons. */
  readonly aside: number;
  readonly waiting: number;
  readonly cancelled: number;
  /** Whether more may come than `total`. */
  readonly isOpenEnded: boolean;
  /** The step that failed, where no batch did. */
  readonly failedStep: string | undefined;
  readonly left: readonly [number, number] | undefined;
}

/** What trying again will do, as the plan says. */
export interface AgainFigures {
  readonly unit: Unit;
  /** Batches, and what they are called. */
  readonly parts: number;
  readonly as: Part;
  /** Titles of the steps that run after it. */
  readonly next: readonly string[];
  readonly done: number;
}

/** The items that make their batches fail, and how many others wait with them. */
export interface AtFaultFigures {
  readonly unit: Unit;
  readonly items: number;
  readonly waiting: number;
  /** What some of them are called. */
  readonly names: readonly string[];
}

export interface PresentationText {
  /** What the region is called, for screen readers. */
  readonly name: string;
  readonly causes: string;
  readonly steps: string;
  readonly close: string;
  readonly start: string;
  readonly goOn: string;
  /** Above that button. */
  readonly canGoOn: string;
  readonly tryAgain: string;
  readonly doTheOthers: string;
  readonly badge: Readonly<Record<StageKind, string>>;
  /** What happened, in one sentence. */
  readonly headline: Readonly<Record<StageKind, (figures: Figures) => string>>;
  /** What it means, sentence by sentence. */
  readonly meaning: Readonly<Record<StageKind, (figures: Figures) => readonly string[]>>;
  /** While it ends what it has begun, because someone wants it to stop. */
  readonly stopping: { readonly headline: Readonly<Record<'cancelled' | 'paused', string>>; readonly meaning: string };
  /** Who can do what, where nobody here can. */
  readonly correctFirst: { readonly what: string; readonly why: string };
  readonly cannotYet: { readonly what: string; readonly why: string };
  /** It depends on what has become of parts that were renamed or removed. */
  readonly askDeveloper: { readonly what: string; readonly why: string };
  /** Re-runs that were asked for meanwhile: those that wait for their turn, and those that could not start. */
  readonly queued: (counts: { readonly waiting: number; readonly refused: number }) => string;
  /** Who has to be looked at. */
  readonly atFault: (figures: AtFaultFigures) => readonly string[];
  readonly again: (figures: AgainFigures) => readonly string[];
  readonly lost: (updates: number) => { readonly what: string; readonly why: string };
  readonly station: Readonly<Record<'done' | 'working' | 'stopped' | 'waiting' | 'next' | 'paused', string>>;
  readonly parts: (figures: Figures) => string;
  readonly part: Readonly<Record<'done' | 'waiting' | 'failed' | 'aside' | 'cancelled', (count: number) => string>>;
  readonly square: (size: number | undefined, unit: Unit) => string;
  readonly batches: (count: number, as: Part) => string;
  readonly noSquares: string;
  readonly result: string;
  /** What a run that has been tried again did again, and what it did not. */
  readonly repeated: (batches: number, others: number, as: Part) => string;
  readonly started: (at: number) => string;
  readonly announced: (figures: Figures) => string;
}

const RERUN: Unit = ['re-run', 're-runs'];
const be = (count: number) => (count === 1 ? 'is' : 'are');

const PARTS: Readonly<Record<Part, Unit>> = { square: ['square', 'squares'], batch: ['batch', 'batches'] };

export const ENGLISH: PresentationText = {
  name: 'Presentation',
  causes: 'What needs attention',
  steps: 'Steps',
  close: 'Close',
  start: 'Start',
  goOn: 'Continue',
  canGoOn: 'You can continue at any time.',
  tryAgain: 'Try again',
  doTheOthers: 'Do the others',
  badge: {
    before: 'Ready',
    running: 'Running',
    failed: 'Stopped',
    changed: 'Changed',
    done: 'Done',
    'set-aside': 'Done, with exceptions',
    paused: 'Paused',
    interrupted: 'Interrupted',
    cancelled: 'Cancelled',
  },
  headline: {
    before: () => 'Ready to start.',
    running: doneSoFar,
    failed: ({ failed, unit, failedStep }) =>
      failed > 0
        ? `${counted(failed, unit)} could not be finished.`
        : failedStep === undefined
          ? 'A step did not work.'
          : `“${failedStep}” did not work.`,
    changed: () => 'It has been changed since.',
    done: ({ total, unit }) =>
      total === 0 ? 'It is done.' : total === 1 ? `1 ${unit[0]} is done.` : `All ${counted(total, unit)} are done.`,
    'set-aside': ({ done, failed, aside, unit }) =>
      [
        `${counted(done, unit)} ${be(done)} done.`,
        ...(failed > 0 ? [`${number(failed)} could not be finished.`] : []),
        ...(aside > 0 ? [`${number(aside)} ${be(aside)} set aside.`] : []),
      ].join(' '),
    paused: figures => `${doneSoFar(figures)} The rest waits.`,
    interrupted: () => 'The program stopped in the middle.',
    cancelled: () => 'Someone stopped it on purpose.',
  },
  meaning: {
    before: () => ['The squares appear when it starts.'],
    running: ({ failed, unit, left }) => [
      ...(left ? [`${capitalised(spelledOut(timeLeft(left)))} left.`] : []),
      ...(failed > 0 ? [`${counted(failed, unit)} could not be finished. The others go on.`] : []),
    ],
    failed: ({ done, waiting, failed }) => [
      ...(waiting > 0 ? [`${number(waiting)} ${failed > 0 ? 'more ' : ''}${waiting === 1 ? 'waits' : 'wait'}.`] : []),
      ...stay(done),
    ],
    changed: ({ failed, unit }) => [
      ...(failed > 0 ? [`${counted(failed, unit)} could not be finished before.`] : []),
      'Nobody knows yet whether it works now: trying again shows it.',
    ],
    done: () => [],
    'set-aside': ({ failed, aside }) => [
      failed + aside === 1 ? 'It stays on record with its reason.' : 'They stay on record with their reasons.',
      `Somebody can correct ${failed + aside === 1 ? 'it' : 'them'} and ${failed > 0 ? 'try again' : aside === 1 ? 'take it back in' : 'take them back in'}.`,
    ],
    paused: () => ['Nothing new starts.', 'Nothing is lost.'],
    interrupted: ({ done, unit }) => [
      ...(done > 0 ? [`${counted(done, unit)} ${be(done)} stored and not done again.`] : []),
      'Somebody should look at why it stopped.',
    ],
    cancelled: ({ done, total, unit }) => [
      ...(done > 0 ? [`${counted(done, unit)} ${be(done)} done and ${done === 1 ? 'stays' : 'stay'} done.`] : []),
      ...(total > done ? [`${number(total - done)} ${total - done === 1 ? 'was' : 'were'} not done.`] : []),
    ],
  },
  stopping: {
    headline: { cancelled: 'It is being stopped.', paused: 'It is being paused.' },
    meaning: 'What has begun is finished first. Nothing new starts.',
  },
  correctFirst: {
    what: 'Somebody must correct this first.',
    why: 'Trying again now would stop in the same places. Once it has been changed, a button appears here.',
  },
  cannotYet: {
    what: 'It cannot be tried again yet.',
    why: 'Somebody must look at the change first.',
  },
  askDeveloper: {
    what: 'A developer must look at this first.',
    why: 'A part of it has been renamed or removed since. Going on without an answer could do things twice. Nothing is lost meanwhile.',
  },
  queued: ({ waiting, refused }) =>
    [
      ...(waiting > 0 ? [`${counted(waiting, RERUN)} ${waiting === 1 ? 'waits' : 'wait'}.`] : []),
      ...(refused > 0 ? [`${counted(refused, RERUN)} could not start: a developer must look at it.`] : []),
    ].join(' '),
  atFault: ({ unit, items, waiting, names }) => [
    names.length === 0
      ? `${counted(items, unit)} ${items === 1 ? 'needs' : 'need'} a correction.`
      : `${counted(items, unit)} ${items === 1 ? 'needs' : 'need'} a correction: ${listed(names, items)}.`,
    ...(waiting > 0
      ? [
          `Nothing is wrong with the other ${waiting === 1 ? unit[0] : counted(waiting, unit)}: ${waiting === 1 ? 'it only waits' : 'they only wait'}.`,
        ]
      : []),
  ],
  again: ({ parts, as, next, done, unit }) => [
    ...(parts > 0 ? [`It repeats ${counted(parts, PARTS[as])}.`] : []),
    ...(next.length > 0 ? [`${parts > 0 ? 'Then it goes on with' : 'It goes on with'} “${next.join('”, “')}”.`] : []),
    ...(done > 0 ? [`${counted(done, unit)} ${done === 1 ? 'stays as it is' : 'stay as they are'}.`] : []),
  ],
  lost: updates => ({
    what: 'Some results may be wrong.',
    why: `${number(updates)} times, something that was noted down was overwritten. Somebody must look at this.`,
  }),
  station: {
    done: 'done',
    working: 'running',
    stopped: 'needs attention',
    waiting: 'waits for the step before',
    next: 'comes next',
    paused: 'not finished',
  },
  parts: ({ unit, total, done, waiting, failed, aside, cancelled, isOpenEnded }) =>
    `${counted(total, unit)}${isOpenEnded ? ' so far' : ''} = ` +
    [
      `${number(done)} done`,
      ...(waiting > 0 ? [`${number(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`] : []),
      ...(failed > 0 ? [`${number(failed)} not finished`] : []),
      ...(aside > 0 ? [`${number(aside)} set aside`] : []),
      ...(cancelled > 0 ? [`${number(cancelled)} cancelled`] : []),
    ].join(' + '),
  part: {
    done: count => `${number(count)} done`,
    waiting: count => `${number(count)} waiting`,
    failed: count => `${number(count)} not finished`,
    aside: count => `${number(count)} set aside`,
    cancelled: count => `${number(count)} cancelled`,
  },
  square: (size, unit) =>
    size === undefined ? `Each square stands for some ${unit[1]}` : `One square = ${counted(size, unit)}`,
  batches: (count, as) => counted(count, PARTS[as]),
  noSquares: 'The squares appear when it starts.',
  result: 'Result',
  repeated: (batches, others, as) =>
    `${counted(batches, PARTS[as])} ${batches === 1 ? 'was' : 'were'} repeated. ` +
    (others === 0 ? '' : `${number(others)} ${others === 1 ? 'was' : 'were'} not touched again.`),
  started: at => `Started at ${clock(at)}`,
  announced: ({ done, total, failed, isOpenEnded }) =>
    `${number(done)} of ${number(total)}${isOpenEnded ? ' so far' : ''} done` +
    `${isOpenEnded ? '' : `, ${Math.floor(percent(done, total))} percent`}, ${number(failed)} not finished`,
};

function doneSoFar({ done, total, unit, isOpenEnded }: Figures): string {
  if (total === 0) return 'It has begun.';
  return isOpenEnded
    ? `${counted(done, unit)} ${be(done)} done so far.`
    : `${number(done)} of ${counted(total, unit)} ${be(total)} done.`;
}

/** `“1776”, “1941” and 8 more` */
function listed(names: readonly string[], all: number): string {
  const more = all - names.length;
  const quoted = names.map(name => `“${name}”`);
  if (more > 0) return `${quoted.join(', ')} and ${number(more)} more`;
  const last = quoted.at(-1) ?? '';
  return quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} and ${last}` : last;
}

function stay(done: number): string[] {
  return done === 0 ? [] : [`${number(done)} ${be(done)} done and will not be touched again.`];
}

function spelledOut(left: string): string {
  return left
    .replace(/ s$/, ' seconds')
    .replace(/ min$/, ' minutes')
    .replace(/ h$/, ' hours')
    .replace(/^(about )?1 (second|minute|hour)s$/, '$11 $2');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
