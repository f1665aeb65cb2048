import ms from 'ms';
import { bytes, counted, number, RUN } from '../../common/format.ts';
import { clip } from '../../common/safe-text.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { deleteIdleRuns, finishDeletions } from '../../engine/store/delete-run.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { bytesOfRuns, judgeRuns, type JudgedRun, type PruneRule } from '../../engine/store/prune.ts';
import { canGiveBackSpace, compactStore, giveBackSpace, storeSpace } from '../../engine/store/store-space.ts';
import { deleteExpiredValues } from '../../engine/store/prune-by-policy.ts';
import { sharedCounts } from '../../engine/store/shared-state.ts';
import { prunePolicy, setPrunePolicy } from '../../engine/store/store-policies.ts';
import { heldRuns } from '../../engine/store/run-queries.ts';
import { checkFree } from '../../engine/store/leases.ts';
import { parseArguments, positiveNumber, text, type Arguments } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { printEvent, type CliEvent } from '../view/json.ts';
import { expiredText, keptText, prunedText, ruleText } from '../view/pruned.ts';
import { withStore } from '../with-store.ts';

/** Deletes the runs that a rule says are no longer needed: the rule that is given, else the one that the store has. */
export async function prune(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'prune', undefined, {
    'older-than': { type: 'string' },
    keep: { type: 'string' },
    'keep-failed': { type: 'boolean' },
    unfinished: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    'as-policy': { type: 'boolean' },
    'no-policy': { type: 'boolean' },
    compact: { type: 'boolean' },
  });
  const given = givenRule(values);
  checkTogether(values, given);
  const isDry = values['dry-run'] === true;
  const json = values.json === true;
  return await withStore(findStore(text(values.store)), isDry ? 'read' : 'write', db => {
    if (values['no-policy'] === true) {
      setPrunePolicy(db, undefined);
      told(json, { event: 'policy', prune: null }, 'Runs of this store are no longer deleted by themselves.');
      return 0;
    }
    const rule = given ?? prunePolicy(db);
    if (rule) pruneBy(db, rule, { isDry, json });
    else if (values.compact !== true)
      throw new UsageError(
        'Say which runs are no longer needed: --older-than 30d, --keep 100 or both. This store has no policy that says it.',
      );
    if (values['as-policy'] === true && given) {
      setPrunePolicy(db, given);
      told(json, { event: 'policy', prune: given }, `From now on, this is done by itself: ${ruleText(given)}.`);
    }
    if (values.compact === true) compact(db, json);
    return 0;
  });
}

function pruneBy(db: StoreDatabase, rule: PruneRule, { isDry, json }: { isDry: boolean; json: boolean }): void {
  if (!isDry) finishDeletions(db, systemClock.now);
  const judged = judgeRuns(db, rule, systemClock.now());
  const goes = judged.filter(({ kept }) => kept === undefined);
  if (isDry) {
    const size = bytesOfRuns(
      db,
      goes.map(({ run }) => run),
    );
    const expired = sharedCounts(db, systemClock.now()).reduce((sum, counts) => sum + counts.expired, 0);
    if (json) for (const { run, workflow } of goes) printEvent({ event: 'prunable', run: String(run), workflow });
    else {
      const would = 'would be deleted';
      process.stdout.write(
        `${prunedText(goes, would, `about ${bytes(size)}`)}${keptText(judged)}${expiredText(expired, would)}`,
      );
    }
    return;
  }
  const before = storeSpace(db).bytes;
  const deleted = deleteAll(db, goes, json);
  const values = deleteExpiredValues(db, systemClock.now());
  if (deleted.length > 0 || values > 0) giveBackSpace(db);
  const { bytes: after, freeBytes } = storeSpace(db);
  if (json) printEvent({ event: 'pruned', runs: deleted.length, values, bytesBefore: before, bytes: after, freeBytes });
  else {
    const size = `the store takes ${bytes(after)}, and took ${bytes(before)}`;
    process.stdout.write(
      `${prunedText(deleted, 'deleted', size)}${keptText(judged)}${expiredText(values, values === 1 ? 'was deleted' : 'were deleted')}`,
    );
    if (deleted.length > 0 && !canGiveBackSpace(db))
      process.stdout.write(
        `${bytes(freeBytes)} of it are free for new runs. An earlier version made this store: to make its file small, add --compact once.\n`,
      );
  }
}

function deleteAll(db: StoreDatabase, goes: readonly JudgedRun[], json: boolean): JudgedRun[] {
  const byRun = new Map(goes.map(judged => [judged.run, judged]));
  const deleted: JudgedRun[] = [];
  for (const run of deleteIdleRuns(db, [...byRun.keys()], systemClock.now)) {
    const judged = byRun.get(run);
    if (judged) deleted.push(judged);
    if (json) printEvent({ event: 'deleted', run: String(run), workflow: judged?.workflow });
    else if (process.stderr.isTTY && deleted.length % 100 === 0)
      process.stderr.write(`\r${number(deleted.length)} of ${counted(goes.length, RUN)} deleted`);
  }
  if (!json && process.stderr.isTTY && goes.length >= 100) process.stderr.write('\r\u001B[K');
  return deleted;
}

/** @throws RunTakenError while some run goes on: nobody can write meanwhile, and it may take long */
function compact(db: StoreDatabase, json: boolean): void {
  for (const run of heldRuns(db)) checkFree(db, run);
  const { bytes: before } = storeSpace(db);
  compactStore(db);
  const { bytes: after } = storeSpace(db);
  told(
    json,
    { event: 'compacted', bytesBefore: before, bytes: after },
    `The store was written anew: it takes ${bytes(after)}, and took ${bytes(before)}.`,
  );
}

function givenRule(values: Arguments['values']): PruneRule | undefined {
  const [olderThan, keep] = [text(values['older-than']), text(values.keep)];
  if (olderThan === undefined && keep === undefined) return undefined;
  return {
    ...(olderThan !== undefined && { olderThanMs: age(olderThan) }),
    ...(keep !== undefined && { keep: positiveNumber('keep', keep) }),
    keepFailed: values['keep-failed'] === true,
    unfinished: values.unfinished === true,
  };
}

/** A number alone would be milliseconds, which nobody means. @throws UsageError */
function age(given: string): number {
  const wanted = /^\s*\d+(\.\d+)?\s*[a-z]+\s*$/i.test(given) ? ms(given as ms.StringValue) : undefined;
  if (wanted === undefined || !Number.isFinite(wanted) || wanted <= 0)
    throw new UsageError(
      `--older-than ${JSON.stringify(clip(given, 100))} is not an age. Write a number with its unit, such as 12h, 30d or 8w.`,
    );
  return wanted;
}

/** @throws UsageError */
function checkTogether(values: Arguments['values'], given: PruneRule | undefined): void {
  const wrong = (message: string) => {
    throw new UsageError(`cronflow prune: ${message} See cronflow prune --help.`);
  };
  const alone = ['keep-failed', 'unfinished', 'as-policy'].find(option => values[option] === true);
  if (!given && alone !== undefined) wrong(`--${alone} goes with --older-than or --keep.`);
  if (values['no-policy'] === true && (given || values['dry-run'] === true || values.compact === true))
    wrong('--no-policy goes with no other option.');
  const changing = ['as-policy', 'compact'].find(option => values[option] === true);
  if (values['dry-run'] === true && changing !== undefined) wrong(`--dry-run changes nothing, and --${changing} does.`);
}

function told(json: boolean, event: CliEvent, line: string): void {
  if (json) printEvent(event);
  else process.stdout.write(`${line}\n`);
}
