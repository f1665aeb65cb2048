import type { Run } from '../run.ts';
import type { JobCounts } from './progress-change.ts';
import type { Ack, Entry, JobId } from './protocol.ts';
import { replay, type EffectWrites } from './recorded-writes.ts';
import { decide } from './state-decisions.ts';

interface EntryOfJob {
  readonly counts: JobCounts;
  readonly worker: number | undefined;
}

/** Writes what an entry says of its job, in this turn's transaction. Returns what its worker is told once that is committed. */
export function applyEntry(
  run: Run,
  effects: EffectWrites,
  { counts, worker }: EntryOfJob,
  entry: Entry,
): Omit<Ack, keyof JobId> {
  const { seq } = entry;
  if (entry.kind !== 'commit') {
    write(run, effects, { counts, worker }, entry);
    return { seq };
  }
  const { author } = entry;
  const { answer, writes } = decide(run.state, author, entry.intents);
  if (!answer.accepted) return { seq, commit: answer };
  write(run, effects, { counts, worker }, entry);
  run.journal.write(() => {
    for (const one of writes) run.writer.state(author, one);
  });
  return { seq, commit: answer };
}

function write(run: Run, effects: EffectWrites, { counts, worker }: EntryOfJob, { progress, writes }: Entry): void {
  if (progress) counts.add(progress);
  if (writes.length === 0) return;
  for (const one of writes) {
    const mark = one[0] === 'batchRuns' ? run.inFlight.batches.get(one[1]) : undefined;
    if (mark) mark.onRecord = true;
  }
  run.journal.write(() => {
    for (const one of writes) replay(run.writer, effects, one, worker);
    // What stands inside a worker's batch is known to the worker, and its scopes were given out before.
    run.writer.tallyIsDue();
  });
}
