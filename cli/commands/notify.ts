import { oneLine, safe } from '../../common/safe-text.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { tellNotices, type Notices } from '../../engine/runner/notice/notices.ts';
import { finishedRun } from '../../engine/store/finished-run.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { noticePolicy, setNoticePolicy } from '../../engine/store/store-policies.ts';
import { NOTICE_OPTIONS, noticesOf, parseArguments, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { withStore } from '../with-store.ts';

/** Stores who is told when runs of a store end, shows it, or tries it. */
export async function notify(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'notify', undefined, {
    ...NOTICE_OPTIONS,
    test: { type: 'string' },
    off: { type: 'boolean' },
  });
  const given = noticesOf(values);
  const isGiven = Object.keys(given).length > 0;
  const tested = text(values.test);
  const isOff = values.off === true;
  if (isOff && (isGiven || tested !== undefined))
    throw new UsageError('cronflow notify: --off goes with no other option. See cronflow notify --help.');
  const store = findStore(text(values.store));
  return await withStore(store, isGiven || isOff ? 'write' : 'read', async db => {
    if (isGiven) setNoticePolicy(db, { ...noticePolicy(db), ...given });
    if (isOff) setNoticePolicy(db, undefined);
    const notices = noticePolicy(db);
    if (tested !== undefined) return await test(db, store, notices, runNumber(tested));
    if (values.json === true) printEvent({ event: 'policy', notice: notices ?? null });
    else process.stdout.write(policyText(notices));
    return 0;
  });
}

/** All that is stored is told, whatever the run has come to. */
async function test(db: StoreDatabase, store: string, notices: Notices | undefined, run: number): Promise<number> {
  if (requireRun(db, run).demo === 1) throw new UsageError(`Run ${run} is a demo: nobody is told of demos.`);
  const finished = finishedRun(db, run, systemClock.now());
  if (!notices || !finished)
    throw new UsageError(
      'Nobody is told of the end of runs of this store. Name a command or an address with --on-failure.',
    );
  const failures = await tellNotices(notices, { ...finished, status: 'failed' }, false, {
    store,
    folder: folderOfStore(store),
    onOutput: said => process.stderr.write(safe(said)),
  });
  for (const failure of failures) process.stderr.write(`${oneLine(failure, 1_000)}\n`);
  if (failures.length === 0) process.stdout.write(`Told of run ${run}, as if it had just failed.\n`);
  return failures.length === 0 ? 0 : 1;
}

function policyText(notices: Notices | undefined): string {
  const lines = [
    ['When a run of this store fails', notices?.onFailure],
    ['When a run of this store has ended', notices?.onFinish],
  ].flatMap(([when, target]) => (target === undefined ? [] : `${when}: ${oneLine(target, 500)}\n`));
  return lines.length === 0 ? 'Nobody is told of the end of runs of this store.\n' : lines.join('');
}
