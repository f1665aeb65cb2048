import { expect, test, vi } from 'vitest';
import { FindView } from '../../cli/view/find.ts';
import { Titles } from '../../cli/view/titles.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { workflow } from '../support/runs.ts';

/* What is to be said of several batches is said once, with their numbers. */

test('a search that comes to an effect in many batches says so in one line', () => {
  vi.stubEnv('NO_COLOR', '1');
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
  const titles = new Titles(
    drawGraph(
      workflow(flow =>
        flow.batch({ id: 'send', title: 'Send them' }, { items: [1], size: 1 }, (_, body) => body.step('one', () => 1)),
      ),
    ),
  );
  const view = new FindView(titles, false);
  const search = { suspects: [], probes: 2, isComplete: true, why: undefined, limit: undefined };
  for (const index of [0, 1, 2, 5, 7])
    view.batch(
      { node: 'send', index } as never,
      { kind: 'searched', search: { ...search, ...(index !== 5 && { why: 'effect' }) } } as never,
      [],
    );
  view.end({ batches: 5, store: '.cronflow/runs.db', run: 1 });
  write.mockRestore();
  vi.unstubAllEnvs();
  expect(written.join('').trimEnd().split('\n').slice(1)).toEqual([
    '  Each of 4 batches of Send them (#0-2,7): its steps were executed up to an effect that the run has not done yet, and not further. There may be more.',
    '  Batch #5 of Send them: it passes with the code as it is now.',
  ]);
});
