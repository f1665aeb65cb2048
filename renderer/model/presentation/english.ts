import type { Figures, Language, PresentationText } from './text.ts';
import { sentences, type Forms, type Wording } from './wording.ts';

const PARTS = {
  square: { one: 'square', other: 'squares' },
  batch: { one: 'batch', other: 'batches' },
} as const;
const RERUN: Forms = { one: 're-run', other: 're-runs' };

export const english: Language = (wording): PresentationText => {
  const { number, counted, word, form, list } = wording;
  const be = (count: number) => form(count, { one: 'is', other: 'are' });
  const wait = (count: number) => form(count, { one: 'waits', other: 'wait' });
  const stay = (count: number) => form(count, { one: 'stays', other: 'stay' });
  const soFar = (figures: Figures) => doneSoFar(wording, figures);
  return {
    wording,
    item: ['item', 'items'],
    name: 'Presentation',
    causes: 'What needs attention',
    steps: 'Steps',
    close: 'Close',
    ready: 'Ready to start.',
    start: 'Start',
    goOn: 'Continue',
    canGoOn: 'You can continue at any time.',
    tryAgain: 'Try again',
    doTheOthers: 'Do the others',
    badge: {
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
      running: soFar,
      failed: ({ failed, unit, failedStep }) =>
        failed > 0
          ? `${counted(failed, unit)} could not be finished.`
          : failedStep === undefined
            ? 'A step did not work.'
            : `“${failedStep}” did not work.`,
      changed: () => 'It has been changed since.',
      done: ({ total, unit }) =>
        total === 0
          ? 'It is done.'
          : total === 1
            ? `${counted(1, unit)} is done.`
            : `All ${counted(total, unit)} are done.`,
      'set-aside': ({ done, failed, aside, unit }) =>
        sentences(
          `${counted(done, unit)} ${be(done)} done.`,
          failed > 0 && `${number(failed)} could not be finished.`,
          aside > 0 && `${number(aside)} ${be(aside)} set aside.`,
        ).join(' '),
      paused: figures => `${soFar(figures)} The rest waits.`,
      interrupted: () => 'The program stopped in the middle.',
      cancelled: () => 'Someone stopped it on purpose.',
    },
    meaning: {
      running: ({ failed, unit, left }) =>
        sentences(
          left && `${timeLeft(wording, left)} left.`,
          failed > 0 && `${counted(failed, unit)} could not be finished. The others go on.`,
        ),
      failed: ({ done, waiting, failed }) =>
        sentences(
          waiting > 0 && `${number(waiting)} ${failed > 0 ? 'more ' : ''}${wait(waiting)}.`,
          done > 0 && `${number(done)} ${be(done)} done and will not be touched again.`,
        ),
      changed: ({ failed, unit }) =>
        sentences(
          failed > 0 && `${counted(failed, unit)} could not be finished before.`,
          'Nobody knows yet whether it works now: trying again shows it.',
        ),
      done: () => [],
      'set-aside': ({ failed, aside }) => {
        const all = failed + aside;
        const them = form(all, { one: 'it', other: 'them' });
        const back = form(aside, { one: 'take it back in', other: 'take them back in' });
        return [
          form(all, { one: 'It stays on record with its reason.', other: 'They stay on record with their reasons.' }),
          `Somebody can correct ${them} and ${failed > 0 ? 'try again' : back}.`,
        ];
      },
      paused: () => ['Nothing new starts.', 'Nothing is lost.'],
      interrupted: ({ done, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} stored and not done again.`,
          'Somebody should look at why it stopped.',
        ),
      cancelled: ({ done, total, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} done and ${stay(done)} done.`,
          total > done && `${number(total - done)} ${form(total - done, { one: 'was', other: 'were' })} not done.`,
        ),
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
      sentences(
        waiting > 0 && `${number(waiting)} ${form(waiting, RERUN)} ${wait(waiting)}.`,
        refused > 0 && `${number(refused)} ${form(refused, RERUN)} could not start: a developer must look at it.`,
      ).join(' '),
    atFault: ({ unit, items, waiting, names }) =>
      sentences(
        `${counted(items, unit)} ${form(items, { one: 'needs', other: 'need' })} a correction` +
          (names.length === 0 ? '.' : `: ${list(named(names, items, wording))}.`),
        waiting > 0 &&
          (waiting === 1
            ? `Nothing is wrong with the other ${word(1, unit)}: it only waits.`
            : `Nothing is wrong with the other ${counted(waiting, unit)}: they only wait.`),
      ),
    again: ({ parts, as, next, done, unit }) =>
      sentences(
        parts > 0 && `It repeats ${number(parts)} ${form(parts, PARTS[as])}.`,
        next.length > 0 && `${parts > 0 ? 'Then it' : 'It'} goes on with “${next.join('”, “')}”.`,
        done > 0 && `${counted(done, unit)} ${form(done, { one: 'stays as it is', other: 'stay as they are' })}.`,
      ),
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
      sentences(
        `${number(done)} done`,
        waiting > 0 && `${number(waiting)} ${wait(waiting)}`,
        failed > 0 && `${number(failed)} not finished`,
        aside > 0 && `${number(aside)} set aside`,
        cancelled > 0 && `${number(cancelled)} cancelled`,
      ).join(' + '),
    part: {
      done: count => `${number(count)} done`,
      waiting: count => `${number(count)} waiting`,
      failed: count => `${number(count)} not finished`,
      aside: count => `${number(count)} set aside`,
      cancelled: count => `${number(count)} cancelled`,
    },
    square: (size, unit) =>
      size === undefined ? `Each square stands for some ${word(2, unit)}` : `One square = ${counted(size, unit)}`,
    batches: (count, as) => `${number(count)} ${form(count, PARTS[as])}`,
    noSquares: 'The squares appear when it starts.',
    result: 'Result',
    repeated: (batches, others, as) =>
      sentences(
        `${number(batches)} ${form(batches, PARTS[as])} ${form(batches, { one: 'was', other: 'were' })} repeated.`,
        others > 0 && `${number(others)} ${form(others, { one: 'was', other: 'were' })} not touched again.`,
      ).join(' '),
    started: at => `Started at ${wording.timeOfDay(at)}`,
    announced: ({ done, total, failed, isOpenEnded }) =>
      `${number(done)} of ${number(total)}${isOpenEnded ? ' so far' : ''} done` +
      `${isOpenEnded ? '' : `, ${wording.percent(done, total)}`}, ${number(failed)} not finished`,
  };
};

function doneSoFar({ counted, number, form }: Wording, { done, total, unit, isOpenEnded }: Figures): string {
  const be = (count: number) => form(count, { one: 'is', other: 'are' });
  if (total === 0) return 'It has begun.';
  return isOpenEnded
    ? `${counted(done, unit)} ${be(done)} done so far.`
    : `${number(done)} of ${counted(total, unit)} ${be(total)} done.`;
}

function timeLeft({ span, spanRange }: Wording, [from, to]: readonly [number, number]): string {
  return spanRange(from, to) ?? `About ${span(to)}`;
}

/** `“1776”, “1941” and 8 more` */
function named(names: readonly string[], all: number, { number }: Wording): readonly string[] {
  const more = all - names.length;
  return [...names.map(name => `“${name}”`), ...(more > 0 ? [`${number(more)} more`] : [])];
}
