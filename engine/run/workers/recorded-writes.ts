import type { EffectStore, EffectUser } from '../../store/effect-store.ts';
import type { PageOfItems } from '../../store/item-pages.ts';
import type { Writer } from '../../store/records.ts';
import type { Writes } from '../run.ts';
import type { EffectReads } from '../stored-reads.ts';
import type { Write } from './protocol.ts';

/** A writer that only notes what is to be written: of a worker, whose runner writes it. */
export function recordingWriter(note: (write: Write) => void): Writes {
  return {
    batches: page => note(['batches', dataOf(page)]),
    round: (...given) => note(['round', ...given]),
    splitAgain: (...given) => note(['splitAgain', ...given]),
    splitProgress: (...given) => note(['splitProgress', ...given]),
    batchRuns: (scope, startedAt, status) => note(['batchRuns', scope, startedAt, status]),
    batchEnds: end => note(['batchEnds', end]),
    nextAttempt: (of, status, until) => note(['nextAttempt', of, status, until]),
    finding: (...given) => note(['finding', ...given]),
    createsAmount: (...given) => note(['createsAmount', ...given]),
    correctsAmount: (...given) => note(['correctsAmount', ...given]),
    setsAside: items => note(['setsAside', items]),
    describesSetAside: (...given) => note(['describesSetAside', ...given]),
    attempt: row => note(['attempt', row]),
    nextAttemptOfStep: (of, until, asked) => note(['nextAttemptOfStep', plainWriter(of), until, asked]),
    cached: (of, ...more) => note(['cached', plainWriter(of), ...more]),
    shared: (of, write) => note(['shared', plainWriter(of), write]),
    logs: (of, lines) => note(['logs', of && plainWriter(of), lines]),
    node: () => theRunnersOwn('node'),
    state: () => theRunnersOwn('state'),
    counts: () => theRunnersOwn('counts'),
    concurrency: () => theRunnersOwn('concurrency'),
    putBackInside: () => theRunnersOwn('putBackInside'),
    worker: () => theRunnersOwn('worker'),
    settleWorkers: () => theRunnersOwn('settleWorkers'),
    takenFrom: () => theRunnersOwn('takenFrom'),
    // Its runner writes the tally with whatever a worker notes.
    tallyIsDue: () => undefined,
    writeTallyIfDue: () => theRunnersOwn('writeTallyIfDue'),
  };
}

/** The rows of effects: in the store, or, in a worker, written by its runner. */
export type EffectRows = EffectReads & EffectWrites;
export type EffectWrites = Pick<EffectStore, 'begins' | 'done' | 'notDone' | 'usedBy'>;

/** The same for effects, which it reads from the store. */
export function recordingEffects(stored: EffectReads, note: (write: Write) => void): EffectRows {
  return {
    find: key => stored.find(key),
    isInUse: (scope, attempt) => stored.isInUse(scope, attempt),
    begins: (key, by, params, unit, at) => note(['effectBegins', key, plainUser(by), params, unit, at]),
    done: (...given) => note(['effectDone', ...given]),
    notDone: (...given) => note(['effectNotDone', ...given]),
    usedBy: (key, by) => note(['effectUsedBy', key, plainUser(by)]),
  };
}

function plainUser(user: EffectUser): EffectUser {
  return { ...plainWriter(user), batchAttempt: user.batchAttempt };
}

/** An attempt is a writer that holds much more. */
export function plainWriter({ scope, node, attempt }: Writer): Writer {
  return { scope, node, attempt };
}

/** Writes what a worker has noted. */
export function replay(writer: Writes, effects: EffectWrites, write: Write, worker: number | undefined): void {
  switch (write[0]) {
    case 'batches':
      return writer.batches(write[1]);
    case 'round':
      return writer.round(write[1], write[2], write[3], write[4]);
    case 'splitAgain':
      return writer.splitAgain(write[1], write[2], write[3], write[4]);
    case 'splitProgress':
      return writer.splitProgress(write[1], write[2], write[3]);
    case 'batchRuns':
      return writer.batchRuns(write[1], write[2], write[3], worker);
    case 'batchEnds':
      return writer.batchEnds({ ...write[1], worker });
    case 'nextAttempt':
      return writer.nextAttempt(write[1], write[2], write[3]);
    case 'finding':
      return writer.finding(write[1], write[2]);
    case 'createsAmount':
      return writer.createsAmount(write[1], write[2], write[3]);
    case 'correctsAmount':
      return writer.correctsAmount(write[1], write[2], write[3]);
    case 'setsAside':
      return writer.setsAside(write[1]);
    case 'describesSetAside':
      return writer.describesSetAside(write[1], write[2], write[3], write[4], write[5]);
    case 'attempt':
      return writer.attempt(write[1]);
    case 'nextAttemptOfStep':
      return writer.nextAttemptOfStep(write[1], write[2], write[3]);
    case 'cached':
      return writer.cached(write[1], write[2], write[3]);
    case 'shared':
      return writer.shared(write[1], write[2]);
    case 'logs':
      return writer.logs(write[1], write[2]);
    case 'effectBegins':
      return effects.begins(write[1], write[2], write[3], write[4], write[5]);
    case 'effectDone':
      return effects.done(write[1], write[2], write[3], write[4]);
    case 'effectNotDone':
      return effects.notDone(write[1], write[2], write[3], write[4]);
    case 'effectUsedBy':
      return effects.usedBy(write[1], write[2]);
  }
}

/** A page holds more than is written, and not as plain data. */
function dataOf({ counts, lengths, labels, node, parent, firstScope, firstIndex, text }: PageOfItems): PageOfItems {
  const plain = { counts: [...counts], lengths: [...lengths], labels: labels && [...labels] };
  return { node, parent, firstScope, firstIndex, text, ...plain };
}

function theRunnersOwn(statement: string): never {
  throw new Error(`A worker has asked for ${statement}, which only its runner writes. This is a defect of the engine.`);
}
