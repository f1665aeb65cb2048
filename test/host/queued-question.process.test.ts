import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/* A re-run that is queued while its node is renamed is asked what a direct re-run is asked, and loses nothing. */

/** The last letter waits until its file is there; the first one has no address. */
const letters = (name: string) =>
  Project.workflow(`import { existsSync } from 'node:fs';
cronflow.define({ id: 'letters' }).batch('${name}', { items: ['', 'b', 'c'], size: 1 }, ([letter], flow) => {
  flow.step('mail', async () => {
    if (letter === '') throw new Error('no address');
    while (letter === 'c' && !existsSync('go')) await sleep(20);
    note(letter);
  });
});
`);

test('a queued re-run whose node was renamed meanwhile waits for the answer, with its edited items', async () => {
  const project = new Project({ 'letters.ts': letters('send') });
  const studio = await Studio.open(project);
  const run = await studio.start('letters.ts');
  const queued = async () => (await studio.api.getRun({ run })).item.queued ?? [];
  await studio.until('the first has failed', async () => (await studio.api.getRun({ run })).item.failedBatches === 1);
  const request = {
    node: 'send',
    select: { ranges: [[0, 0]] as [number, number][] },
    items: '["a"]',
    itemsShown: '[""]',
  };
  expect(value(await studio.api.rerun({ run, request, what: 'batch 0' }))).toEqual({ queued: true });
  value(await studio.api.rerun({ run, request: { select: 'failed' }, what: 'the failed batch' }));
  const [, second] = await queued();
  value(await studio.api.dropQueuedRerun({ run, id: second?.id ?? 0 }));
  expect(await queued()).toMatchObject([{ what: 'batch 0', node: 'send', hasOtherItems: true }]);

  project.write('letters.ts', letters('mailing'));
  project.write('go', '');
  const [refused] = await studio.until('it was refused', async () => {
    const all = await queued();
    return all[0]?.refused && all;
  });
  expect(refused).toMatchObject({ what: 'batch 0', refused: { isQuestion: true } });
  const id = refused?.id ?? 0;
  const again = value(await studio.api.getQueuedRerun({ run, id }));
  expect(again).toEqual(request);
  // The question is that of a direct re-run; what is refused again stays.
  const asked = await studio.until('the host has seen the new file', async () => {
    const planned = await studio.api.planRerun({ run, request: again });
    return !planned.ok && planned.problem.changed;
  });
  expect(asked).toMatchObject([{ path: 'send' }]);
  expect(problem(await studio.api.rerun({ run, request: again, instead: id })).changed).toMatchObject([
    { path: 'send', candidates: ['mailing'] },
  ]);
  expect(await queued()).toMatchObject([{ id, refused: { isQuestion: true } }]);
  const answered = { ...again, renamed: [{ from: 'send', to: 'mailing' }] };
  expect(value(await studio.api.rerun({ run, request: answered, instead: id }))).toEqual({ queued: false });
  expect(await studio.ended(run)).toMatchObject({ status: 'completed', batches: { succeeded: 3 } });
  expect(await queued()).toEqual([]);
  expect(project.ledger().toSorted()).toEqual(['a', 'b', 'c']);
  expect(problem(await studio.api.rerun({ run, request: answered, instead: id })).message).toContain(
    'is not queued any more',
  );
});
