import type { Database } from 'better-sqlite3';
import { ItemPage } from '../../engine/store/item-pages.ts';
import { RunWriter } from '../../engine/store/run-writer.ts';
import { beginSession, createRun } from '../../engine/store/runs.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';

const FILE = '/films/films.ts';
export const NODES = { clean: 1, tidy: 2, save: 3, read: 4, each: 5 } as const;

/** What became of a batch of a big run, by its place: one in twenty failed, of three causes. */
export function fateOf(index: number): {
  status: BatchStatus;
  cause: string | undefined;
  startedAt: number;
  endedAt: number;
  attempt: number;
} {
  const failed = index % 20 === 3;
  const startedAt = index * 2;
  return {
    status: failed ? BatchStatus.failed : BatchStatus.succeeded,
    cause: failed ? causeOf(index) : undefined,
    startedAt,
    endedAt: startedAt + 10 + ((index * 7) % 100),
    attempt: index % 50 === 0 ? 2 : 1,
  };
}

export function causeOf(index: number): string {
  return `TypeError ${FILE}:${30 + (index % 3)} title.trim is not a function (#)`;
}

/** A run of many batches that has failed, as its runner would have left it, written in one go. */
export function writeBigRun(db: Database, batches: number): { run: number; startedAt: number } {
  const startedAt = Date.UTC(2026, 0, 1);
  const settings = { size: 10, concurrency: 4 };
  const graph = {
    id: 'films',
    name: 'Films',
    triggers: [],
    nodes: [
      { path: 'read', id: 'read', kind: 'step' },
      { path: 'clean', id: 'clean', kind: 'batch', settings, body: { drawn: false, why: 'test' } },
    ],
  };
  const run = createRun(db, {
    workflow: 'films',
    name: 'Films',
    file: FILE,
    payload: '[{}]',
    givenPayload: null,
    graph: JSON.stringify(graph),
    startedAt,
    durability: 'normal',
    demo: false,
  });
  const session = beginSession(db, run, {
    kind: 'start',
    code: { hash: 'x', sources: [{ path: FILE, hash: 'h', text: 'text' }] },
    onQueue: false,
    now: startedAt,
  });
  const writer = new RunWriter(db, run, session);
  const items = JSON.stringify([[1], 'x'.repeat(200)]);
  const output = JSON.stringify(['y'.repeat(200)]);
  writer.node(NODES.read, 'read', 'step');
  writer.node(NODES.clean, 'clean', 'batch');
  writer.node(NODES.tidy, 'clean/tidy', 'step');
  writer.node(NODES.save, 'clean/save', 'step');
  writer.attempt({
    scope: 0,
    node: NODES.read,
    attempt: 1,
    batchAttempt: 1,
    status: StepStatus.succeeded,
    startedAt: startedAt - 20,
    endedAt: startedAt,
    error: null,
    output,
  });
  for (let from = 0; from < batches; from += 5_000) {
    db.transaction(() => {
      for (let index = from; index < Math.min(from + 5_000, batches); index++) writeBatch(index);
    })();
  }
  const total = batches * 10;
  writer.splitProgress(NODES.clean, 0, { batches, items: total, knownItems: total, isExhausted: true });
  const end = startedAt + batches * 2 + 200;
  db.prepare(`update runs set status = 'failed', ended_at = ?, active_ms = ? where id = ?`).run(
    end,
    end - startedAt,
    run,
  );
  db.prepare(`update sessions set ended_at = ?, outcome = 'failed' where run = ?`).run(end, run);
  return { run, startedAt };

  function writeBatch(index: number): void {
    const { status, startedAt: started, endedAt: ended, cause, attempt } = fateOf(index);
    const [from, to] = [startedAt + started, startedAt + ended];
    const scope = index + 1;
    const error =
      cause === undefined
        ? null
        : JSON.stringify({
            name: 'TypeError',
            message: `title.trim is not a function (${index})`,
            stack: 's'.repeat(400),
            at: { file: FILE, line: 30 + (index % 3), column: 3 },
            step: 'clean/tidy',
            fingerprint: cause,
          });
    const page = new ItemPage({ node: NODES.clean, parent: 0, scope, index });
    page.add(10, items);
    writer.batches(page);
    if (attempt === 2) {
      writer.batchEnds({
        scope,
        node: NODES.clean,
        items: 10,
        status: BatchStatus.failed,
        startedAt: from - 5,
        endedAt: from,
        lastNode: null,
        lastAttempt: null,
        error: null,
      });
      writer.nextAttempt({ scope, node: NODES.clean, items: 10 }, BatchStatus.waiting);
    }
    writer.batchEnds({
      scope,
      node: NODES.clean,
      items: 10,
      status,
      startedAt: from,
      endedAt: to,
      lastNode: error ? null : NODES.save,
      lastAttempt: 1,
      error,
    });
    writer.attempt({
      scope,
      node: NODES.tidy,
      attempt: 1,
      batchAttempt: attempt,
      status: error ? StepStatus.failed : StepStatus.succeeded,
      startedAt: from,
      endedAt: from + 5,
      error,
      output: error ? null : output,
    });
    writer.logs({ scope, node: NODES.tidy, attempt: 1 }, [{ at: from, level: 'info', text: `tidying ${index}` }]);
    if (error) return;
    writer.attempt({
      scope,
      node: NODES.save,
      attempt: 1,
      batchAttempt: attempt,
      status: StepStatus.succeeded,
      startedAt: from + 5,
      endedAt: to,
      error: null,
      output,
    });
    writer.state(
      { scope, node: NODES.save, attempt: 1 },
      { key: 'films', op: 'incr', value: '[1]', version: index + 1, delta: 1, adds: null, lost: undefined },
    );
  }
}
