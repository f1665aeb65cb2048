import { clock } from '../common/format.ts';
import { startRunner } from '../engine/runner/parent.ts';
import { changedPlaces, judge, type Asked, type CodeOrData } from '../engine/runner/probe/code-or-data.ts';
import { NotProbed, ProbeProcess } from '../engine/runner/probe/probe-process.ts';
import type { ProbeTask } from '../engine/runner/protocol.ts';
import type { Answer } from '../engine/run/probe/answer.ts';
import { codeOfBatch, lastOtherVersion, sourcesOfVersion, type CodeVersion } from '../engine/store/code-versions.ts';
import type { StoreDatabase } from '../engine/store/open.ts';
import type { RunRow } from '../engine/store/runs.ts';
import type { FailedBatchToSearch } from '../engine/store/searches.ts';

interface CodeOrDataOf extends Pick<Asked, 'today' | 'good'> {
  readonly db: StoreDatabase;
  readonly row: RunRow;
  readonly batch: FailedBatchToSearch;
  /** The hash of the code as it is now. */
  readonly code: string;
  readonly indices: readonly number[];
  readonly task: ProbeTask;
  readonly limitMs: number;
}

/** Whether the code or the data is at fault: tries the items with another version of the code, too. */
export async function codeOrData(of: CodeOrDataOf): Promise<CodeOrData> {
  const { today, good } = of;
  if (today.passed) return judge({ today, good, before: { kind: 'none' } });
  const version = versionOf(of);
  return judge({ today, good, before: version ? await tried(of, version) : { kind: 'none' } });
}

/** One with which the items have not failed yet, if there is one; else that of the run, if it is not the code as it is now. */
function versionOf({ db, row: { id, workflow }, batch: { scope, node: path }, code }: CodeOrDataOf) {
  const failing = codeOfBatch(db, id, scope) ?? code;
  return (
    lastOtherVersion(db, { workflow, path, not: [code, failing] }) ??
    lastOtherVersion(db, { workflow, path, not: [code, code] })
  );
}

async function tried({ db, batch, task, indices, limitMs }: CodeOrDataOf, of: CodeVersion): Promise<Asked['before']> {
  const version = `the version of run ${of.run} (${clock(of.at)})`;
  const process = new ProbeProcess({ ...task, version: { run: of.run, session: of.session } }, startRunner);
  try {
    await process.open(batch.scope);
    const answer: Answer = await process.probe(indices, false, limitMs);
    return { kind: 'tried', answer, version, changed: await changedPlaces(sourcesOfVersion(db, of)) };
  } catch (error) {
    if (error instanceof NotProbed) return { kind: 'refused', version, why: error.problem.message };
    throw error;
  } finally {
    process.end();
  }
}
