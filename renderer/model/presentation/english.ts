import type { Figures, Language, PresentationText } from './text.ts';
import { capitalised, sentences, type Forms, type Wording } from './wording.ts';

const PARTS = {
  square: { one: 'square', other: 'squares' },
  batch: { one: 'batch', other: 'batches' },
} as const;
const RERUN: Forms = { one: 're-run', other: 're-runs' };

const ENTRIES = {
  characters: { one: 'character', other: 'characters' },
  entries: { one: 'entry', other: 'entries' },
} as const;

export const english: Language = (wording): PresentationText => {
  const { number, counted, form, word, timeOfDay } = wording;
  const be = (count: number) => form(count, { one: 'is', other: 'are' });
  const were = (count: number) => form(count, { one: 'was', other: 'were' });
  const wait = (count: number) => form(count, { one: 'waits', other: 'wait' });
  const stay = (count: number) => form(count, { one: 'stays', other: 'stay' });
  const need = (count: number) => form(count, { one: 'needs', other: 'need' });
  const at = (what: string) => (when: number | undefined) =>
    when === undefined ? what : `${what} at ${timeOfDay(when)}`;
  const notTouched = (done: number) => done > 0 && `${number(done)} ${be(done)} done and will not be touched again.`;
  const whatFailed = ({ failed, unit, failedStep, fault }: Figures) => {
    if (fault) return `${counted(fault.items, unit)} ${need(fault.items)} a correction.`;
    if (failed > 0) return `${counted(failed, unit)} could not be finished.`;
    return failedStep === undefined ? 'A step did not work.' : `“${failedStep}” did not work.`;
  };
  const heldAndDone = ({ failed, waiting, done, fault }: Figures) => {
    const rest = (fault?.waiting ?? 0) + waiting;
    const more = failed > 0 ? 'more ' : '';
    return sentences(
      rest > 0 && `${number(rest)} ${more}${wait(rest)}${fault ? ` with ${form(fault.items, IT)}` : ''}.`,
      notTouched(done),
    );
  };
  return {
    wording,
    item: ['item', 'items'],
    name: 'Presentation',
    causes: 'What needs attention',
    steps: 'Steps',
    close: 'Close',
    resetDemo: 'Reset',
    exported: {
      name: 'Exported file',
      recorded: (when, hasValues) => `Recorded ${when}${hasValues ? ', with values' : ', values hidden'}`,
      lookAround: 'Look around freely. Nothing here can run or change.',
      whatIsIn: 'What is in this file?',
      contents: 'What is in this file',
      closeFile: 'Close the file',
      writtenBy: program => `Written by Cronflow ${program}. Nothing in this file can run or change anything.`,
    },
    ready: 'Ready to start.',
    start: 'Start',
    goOn: 'Continue',
    approve: 'Approve',
    reject: 'Reject',
    decisions: 'What is to be decided',
    tryAgain: 'Try again',
    doTheOthers: (others, unit) => (others === 0 ? 'Do the others' : `Do the other ${counted(others, unit)}`),
    badge: {
      running: when => (when === undefined ? 'Running' : `Running since ${timeOfDay(when)}`),
      pausing: at('Stopping'),
      cancelling: at('Stopping'),
      failed: at('Stopped'),
      changed: at('Changed'),
      testing: at('Being tested'),
      partly: at('Tested'),
      corrected: at('Corrected'),
      done: at('Done'),
      'set-aside': when => `${at('Done')(when)}, with exceptions`,
      paused: at('Paused'),
      waiting: when => (when === undefined ? 'Waiting' : `Waiting since ${timeOfDay(when)}`),
      interrupted: at('Interrupted'),
      cancelled: at('Cancelled'),
    },
    headline: {
      running: figures => doneSoFar(wording, figures),
      pausing: () => 'It is being paused.',
      cancelling: () => 'It is being stopped.',
      failed: whatFailed,
      changed: () => 'It has been changed since.',
      testing: () => 'The correction is being tested.',
      partly: ({ tested, unit }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        return passing === 0
          ? 'It is not corrected yet.'
          : `${number(passing)} of ${counted(total, unit)} ${be(passing)} corrected.`;
      },
      corrected: () => 'It is corrected.',
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
      paused: figures => `${doneSoFar(wording, figures)} The rest waits.`,
      waiting: ({ decisions }) =>
        decisions > 1
          ? `${number(decisions)} decisions are needed.`
          : decisions === 1
            ? 'A decision is needed.'
            : 'It waits for something outside.',
      interrupted: () => 'The program stopped in the middle.',
      cancelled: () => 'Someone stopped it on purpose.',
    },
    meaning: {
      running: ({ failed, unit }) =>
        sentences(failed > 0 && `${counted(failed, unit)} could not be finished. The others go on.`),
      pausing: () => ['What has begun is finished first.', 'Nothing new starts.'],
      cancelling: () => ['What has begun is finished first.', 'Nothing new starts.'],
      failed: heldAndDone,
      changed: ({ failed, done, unit }) =>
        sentences(failed > 0 && `${counted(failed, unit)} could not be finished before.`, notTouched(done)),
      testing: ({ tested }) => {
        const { done = 0, total = 0 } = tested ?? {};
        return [`${number(done)} of ${number(total)} so far.`, 'Nothing is stored.'];
      },
      partly: ({ tested, unit, done }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        const rest = total - passing;
        return sentences(
          passing === 0
            ? `It has been changed, and ${counted(rest, unit)} still ${form(rest, { one: 'fails', other: 'fail' })}.`
            : `${number(rest)} still ${need(rest)} a correction.`,
          notTouched(done),
        );
      },
      corrected: ({ tested, unit }) => {
        const total = tested?.total ?? 0;
        return total === 1
          ? [`The correction was tested on exactly this ${word(1, unit)}, without storing anything.`, 'It passes.']
          : [
              `The correction was tested on exactly these ${counted(total, unit)}, without storing anything.`,
              `All ${number(total)} pass.`,
            ];
      },
      done: () => [],
      'set-aside': ({ failed, aside }) => [
        form(failed + aside, {
          one: 'It stays on record with its reason.',
          other: 'They stay on record with their reasons.',
        }),
      ],
      paused: () => ['Someone pressed Pause.', 'Nothing new starts.', 'Nothing is lost.'],
      waiting: ({ done, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} done and ${stay(done)} done.`,
          'It goes on by itself when that has come.',
        ),
      interrupted: ({ done, unit }) =>
        sentences(done > 0 && `${counted(done, unit)} ${be(done)} stored.`, 'What had begun starts again.'),
      cancelled: ({ done, total, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} done and ${stay(done)} done.`,
          total > done && `${number(total - done)} ${were(total - done)} not done.`,
        ),
    },
    can: {
      running: () => undefined,
      pausing: () => undefined,
      cancelling: () => undefined,
      failed: ({ fault, unit }) => ({
        what: 'Somebody must correct this first.',
        why: fault
          ? `Trying again now would stop at the same ${word(fault.items, unit)}.`
          : 'Trying again now would stop in the same places.',
      }),
      changed: () => ({ what: 'Nobody knows yet whether it works now.', why: 'Trying again shows it.' }),
      testing: () => undefined,
      partly: ({ unit, tested }) => ({
        what: 'Somebody must correct the rest first.',
        why: `Trying again now would stop at ${rest(wording, tested, unit)}.`,
      }),
      corrected: () => undefined,
      done: () => undefined,
      'set-aside': ({ failed, aside }) => {
        const them = form(failed + aside, IT);
        const back = form(aside, { one: 'take it back in', other: 'take them back in' });
        return { what: `Somebody can correct ${them} and ${failed > 0 ? 'try again' : back}.` };
      },
      paused: () => ({ what: 'You can continue at any time.' }),
      waiting: () => undefined,
      interrupted: () => ({ what: 'You can continue.', why: 'Somebody should look at why it stopped.' }),
      cancelled: () => ({ what: 'You can do the others at any time.' }),
    },
    oneClick: 'One click does this:',
    cannotYet: { what: 'It cannot be tried again yet.', why: 'Somebody must look at the change first.' },
    askDeveloper: {
      what: 'A developer must look at this first.',
      why: 'A part of it has been renamed or removed since. Going on without an answer could do things twice. Nothing is lost meanwhile.',
    },
    queued: ({ waiting, refused }) =>
      sentences(
        waiting > 0 && `${number(waiting)} ${form(waiting, RERUN)} ${wait(waiting)}.`,
        refused > 0 && `${number(refused)} ${form(refused, RERUN)} could not start: a developer must look at it.`,
      ).join(' '),
    again: ({ parts, as, items, next, done, unit }) =>
      sentences(
        parts > 0 &&
          `It repeats ${number(parts)} ${form(parts, PARTS[as])}${items > 0 ? ` with ${counted(items, unit)}` : ''}.`,
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
    share: {
      done: () => 'done',
      first: () => 'done the first time',
      repaired: () => 'repaired',
      running: () => 'running',
      waiting: () => 'waiting',
      cancelled: () => 'cancelled',
      aside: () => 'set aside',
      failed: () => 'not finished',
      held: count => wait(count),
      fault: count => `${need(count)} a correction`,
    },
    soFar: total => `${total} so far`,
    doneAbout: 'Done about',
    percentDone: (part, total) => `${wording.percent(part, total)} done`,
    arcStart: 'start',
    pace: ({ left, rate, unit, atATime, as }) => [
      ...(left ? [{ before: 'about', value: `${wording.spanRange(...left) ?? wording.span(left[1])} left` }] : []),
      ...(rate >= 1 ? [{ before: 'about', value: `${counted(Math.round(rate), unit)} every second` }] : []),
      ...(rate > 0 && rate < 1 && rate * 60 >= 1
        ? [{ before: 'about', value: `${counted(Math.round(rate * 60), unit)} every minute` }]
        : []),
      ...(atATime > 0 ? [{ before: 'at the same time', value: `${number(atATime)} ${form(atATime, PARTS[as])}` }] : []),
    ],
    square: (size, unit) =>
      size === undefined ? `Each square stands for some ${word(2, unit)}` : `One square = ${counted(size, unit)}`,
    ring: {
      repaired: 'White ring: repaired. No ring: not touched again.',
      corrected: 'Blue ring: the correction works for this square.',
    },
    map: 'Map of all that there is to do',
    batches: (count, as) => `${number(count)} ${form(count, PARTS[as])}`,
    noSquares: 'The squares appear when it starts.',
    lastTime: ms => `Last time it took about ${wording.span(ms)}.`,
    result: 'Result',
    atFault: 'Who needs a correction',
    more: count => `${number(count)} more`,
    once: (others, unit) => ({
      what: 'Nothing was done twice:',
      why: `${counted(others, unit)} ${were(others)} not touched again.`,
    }),
    notOnce: { what: 'Some of it was done a second time.', why: 'What was done, and when, is on record.' },
    amounts: {
      cameIn: 'came in',
      addsUp: isMoney => (isMoney ? 'It adds up, to the cent.' : 'It adds up.'),
      missing: amount => `${amount} are missing from this sum.`,
      unknown: batches => `Without ${number(batches)} ${form(batches, PARTS.batch)} of unknown amount.`,
    },
    chapters: { runs: 'It runs', fail: 'Some fail', why: 'Why, in words', green: 'One click, green' },
    chapterList: 'Chapters',
    back: 'Back',
    next: 'Next',
    fullscreen: 'Full screen',
    keys: {
      name: 'Keyboard shortcuts',
      next: 'Next chapter',
      back: 'Previous chapter',
      black: 'Black screen, and back',
      fullscreen: 'Full screen, and back',
      notes: 'Notes for the presenter',
      close: 'Close the presentation',
      search: 'Search or run a command',
      help: 'These shortcuts',
    },
    palette: {
      results: 'Results',
      none: 'No results',
      workflow: 'workflow',
      pause: 'Pause the run',
      cancel: 'Cancel the run',
      resume: 'Resume the run',
      run: (run, name) => (name === undefined ? `Run ${run}` : `Run ${run}: ${name}`),
    },
    black: 'Black screen',
    isBlack: 'The screen is black. Press B to show it again.',
    notes: {
      open: 'Notes',
      title: 'Speaker’s notes',
      onlyYou: 'Only you see this window.',
      now: 'On the screen now',
      yours: chapter => `Your notes for “${chapter}”`,
      placeholder: 'What you want to say. It stays in this program, for this workflow.',
      nextChapter: 'Next chapter',
      last: 'This is the last chapter.',
      since: 'since the start',
      clock: 'now',
      smaller: 'Smaller text',
      larger: 'Larger text',
      end: 'End',
      tested: ({ tested, unit }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        const failing = total - passing;
        return {
          what: tested
            ? `Not corrected yet: ${number(failing)} of ${counted(total, unit)} still ${form(failing, { one: 'fails', other: 'fail' })}.`
            : 'Not corrected yet.',
          why: 'Tested again each time the file is saved.',
        };
      },
      corrected: { what: 'It is corrected.', why: 'Go to the last chapter, and press “Try again” on the screen.' },
    },
    announced: ({ done, total, failed, isOpenEnded }) =>
      `${number(done)} of ${number(total)}${isOpenEnded ? ' so far' : ''} done` +
      `${isOpenEnded ? '' : `, ${wording.percent(done, total)}`}, ${number(failed)} not finished`,
    startOf: workflow => `Start ${workflow}`,
    payloadUnread: why => `The last payload could not be read: ${why}`,
    form: {
      cancel: 'Cancel',
      discardQuestion: 'Discard what you typed?',
      keepEditing: 'Keep editing',
      discard: 'Discard',
      optional: '(optional)',
      emptyText: 'Empty text',
      none: 'None',
      leaveOut: 'Leave out',
      giveValue: 'Give a value',
      add: 'Add',
      remove: place => `Remove element ${number(place)}`,
      blank: { none: 'none', empty: 'empty text', leftOut: 'left out', byDefault: json => `left out: ${json}` },
      yes: 'yes',
      no: 'no',
      emptyChoice: '(empty text)',
      required: 'This is required.',
      notWhole: 'Write a whole number, such as 12.',
      notNumber: 'Write a number, such as 12 or 0.5.',
      tooLarge: 'This is larger than a number can hold exactly.',
      mustBe: bounds => `It must be ${bounds}.`,
      bounds: {
        exactly: value => `exactly ${number(value)}`,
        between: (least, most) => `from ${number(least)} to ${number(most)}`,
        least: (value, allowed) => `${allowed ? 'at least' : 'more than'} ${number(value)}`,
        most: (value, allowed) => `${allowed ? 'at most' : 'less than'} ${number(value)}`,
        and: ' and ',
      },
      numberHint: (whole, bounds) => `${whole ? 'A whole number' : 'A number'}, ${bounds}.`,
      lengthHint: (bounds, of, count) => `${capitalised(bounds)} ${form(count, ENTRIES[of])}.`,
      jsonHint: 'JSON, such as "text", 12, [1, 2] or {"name": "Ada"}.',
      notJson: why => `This is not JSON: ${why}`,
      momentHint: 'Such as 2026-01-31T09:00:00Z.',
      zoneHint: zone => `In your time zone, ${zone}; it is sent in UTC.`,
      beginWith: 'Begin with',
      lastTime: 'what was given last time',
      anew: 'an empty form',
      toChange: fields => `${number(fields)} ${form(fields, { one: 'field needs', other: 'fields need' })} a change.`,
    },
  };
};

const IT: Forms = { one: 'it', other: 'them' };

function doneSoFar({ counted, number, form }: Wording, { done, total, unit, isOpenEnded }: Figures): string {
  const be = (count: number) => form(count, { one: 'is', other: 'are' });
  if (total === 0) return 'It has begun.';
  return isOpenEnded
    ? `${counted(done, unit)} ${be(done)} done so far.`
    : `${number(done)} of ${counted(total, unit)} ${be(total)} done.`;
}

/** `the same film`, `the other 3 films`, `the same 10 films` */
function rest({ counted, word }: Wording, tested: Figures['tested'], unit: Figures['unit']): string {
  const { passing = 0, total = 0 } = tested ?? {};
  const left = total - passing;
  const which = passing === 0 ? 'the same' : 'the other';
  return left === 1 ? `${which} ${word(1, unit)}` : `${which} ${counted(left, unit)}`;
}
