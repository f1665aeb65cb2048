import { afterEach, expect, test, vi } from 'vitest';
import { JobJournal } from '../../engine/run/workers/job-journal.ts';
import type { Entry } from '../../engine/run/workers/protocol.ts';
import { range, turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

const ID = { scope: 1, attempt: 1, epoch: 1 };

afterEach(() => {
  vi.useRealTimers();
});

function journalOfJob() {
  const sent: Entry[] = [];
  const journal = new JobJournal(
    ID,
    () => undefined,
    entry => sent.push(entry),
  );
  const line = () => journal.writer.logs(undefined, [{ at: 0, level: 'info', text: 'a line' }]);
  return { journal, sent, write: () => journal.write(line) };
}

test('an entry says whether somebody waits for it', () => {
  const { journal, sent, write } = journalOfJob();
  write();
  journal.flush();
  write();
  void journal.committed();
  journal.flush();
  expect(sent).toMatchObject([
    { seq: 1, awaited: false },
    { seq: 2, awaited: true },
  ]);
});

test('who waits after an entry for which nobody did goes on when the runner has that, too', async () => {
  const { journal, sent, write } = journalOfJob();
  write();
  journal.flush();
  let isCommitted = false;
  void journal.committed().then(() => {
    isCommitted = true;
  });
  journal.flush();
  await turns(1);
  expect(isCommitted).toBe(false);
  expect(sent).toMatchObject([{ seq: 1 }, { seq: 2, awaited: true, writes: [] }]);
  journal.acknowledge({ ...ID, seq: 2 });
  await turns(1);
  expect(isCommitted).toBe(true);
  // There is nothing left to wait for.
  await journal.committed();
  journal.flush();
  expect(sent).toHaveLength(2);
});

test('what is shown of a batch that runs for long goes to the runner once, and only steps that others follow are acknowledged', async () => {
  // Each turn of the event loop is a heartbeat.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const bench = new WorkerBench();
  let isHeld = true;
  const definition = workflow(flow =>
    flow.batch('work', { items: range(1), size: 1, workers: 1 }, (_items, inner) => {
      inner
        .step('long', async () => {
          while (isHeld) await turns(1);
        })
        .step('last', () => 1);
    }),
  );
  const { done } = await bench.start(definition);
  for (let heartbeat = 0; heartbeat < 40; heartbeat++) {
    vi.advanceTimersByTime(250);
    await turns(1);
  }
  isHeld = false;
  expect(await done).toMatchObject({ batches: { succeeded: 1 } });
  const [worker] = bench.workers.all;
  const entries = worker?.sent.flatMap(message => (message.type === 'bundle' ? message.entries : []));
  expect(entries).toMatchObject([
    { kind: 'writes', awaited: false },
    { kind: 'writes', awaited: true },
    { kind: 'end', awaited: false },
  ]);
  const acks = worker?.heard.flatMap(message => (message.type === 'acks' ? message.acks : []));
  expect(acks).toMatchObject([{ seq: 2 }]);
});
