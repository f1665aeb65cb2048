import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/* Runs that were interrupted before the folder was opened are named, and resumed all at once. */

/** Items one by one, which wait for whatever `until` is. */
const slow = (id: string, until: string) =>
  Project.workflow(`
cronflow.define({ id: '${id}', name: '${id}' })
  .forEach('each', [0, 1, 2], (n, flow) => {
    flow.step('wait', async ctx => {
      if (n > 0) await ${until};
      note('${id} ' + n);
    });
  });
`);
const FOREVER = `new Promise((_, stop) => { const timer = setInterval(() => {}, 1000); ctx.signal.addEventListener('abort', () => { clearInterval(timer); stop(ctx.signal.reason); }); })`;
const AT_ONCE = 'Promise.resolve()';

/** Some runs that the end of their studio has interrupted. */
async function interruptedRuns(names: readonly string[], before?: (studio: Studio) => Promise<void>) {
  const project = new Project(Object.fromEntries(names.map(name => [`${name}.ts`, slow(name, FOREVER)])));
  const options = { dataFolder: mkdtempSync(path.join(tmpdir(), 'cronflow-data-')) };
  const studio = await Studio.open(project, options);
  await before?.(studio);
  const runs: number[] = [];
  for (const name of names) runs.push(await studio.start(`${name}.ts`));
  await studio.until('each has begun', () => project.ledger().length === names.length);
  await studio.host.close();
  for (const name of names) project.write(`${name}.ts`, slow(name, AT_ONCE));
  return { project, runs, open: () => Studio.open(project, options) };
}

const looked = (studio: Studio) => studio.until('it has looked', () => studio.events('onInterrupted').length > 0);

const completed = (studio: Studio, run: number) =>
  studio.until(`run ${run} has completed`, async () => (await studio.ended(run)).status === 'completed');

test('they are named, resumed all at once for a person, and say nothing any more', async () => {
  const { project, runs, open } = await interruptedRuns(['one', 'two', 'three']);
  const studio = await open();
  await looked(studio);
  expect(await studio.api.getInterrupted({})).toEqual({
    runs: runs.toReversed().map((run, at) => ({ run, name: ['three', 'two', 'one'][at] })),
    resumesByItself: false,
  });
  value(await studio.api.resumeInterrupted({}));
  for (const run of runs) await completed(studio, run);
  const shown = await studio.until('it is done', async () => {
    const { resuming, ...now } = await studio.api.getInterrupted({});
    return resuming?.state === 'done' && { resuming, ...now };
  });
  expect(shown).toMatchObject({ runs: [], resuming: { total: 3, resumed: 3, refused: [], by: expect.any(String) } });
  // Nothing of them was executed twice.
  expect(project.ledger().toSorted()).toEqual(
    ['one', 'three', 'two'].flatMap(name => [0, 1, 2].map(n => `${name} ${n}`)),
  );
  expect(problem(await studio.api.resumeInterrupted({})).message).toBe('There are no interrupted runs any more.');
  value(await studio.api.dismissInterrupted({}));
  expect(await studio.api.getInterrupted({})).toEqual({ runs: [], resumesByItself: false });
});

test('one that cannot be resumed says why, and the others are resumed', async () => {
  const { project, runs, open } = await interruptedRuns(['broken', 'sound']);
  project.write('broken.ts', 'export const = 1;');
  const studio = await open();
  await looked(studio);
  value(await studio.api.resumeInterrupted({}));
  await completed(studio, runs[1] ?? 0);
  const { resuming, runs: left } = await studio.until('it is done', async () => {
    const now = await studio.api.getInterrupted({});
    return now.resuming?.state === 'done' && now;
  });
  expect(resuming).toMatchObject({
    total: 2,
    resumed: 1,
    refused: [{ run: runs[0], message: expect.stringContaining('broken.ts') }],
  });
  expect(left).toMatchObject([{ run: runs[0] }]);
});

test('once they were dismissed, the next start does not name them', async () => {
  const { open } = await interruptedRuns(['one']);
  const first = await open();
  await looked(first);
  value(await first.api.dismissInterrupted({}));
  await first.host.close();
  const next = await open();
  await next.until('it has opened', async () => (await next.api.listRuns({ limit: 1 })).length === 1);
  // What was asked of the store before this has been answered.
  await next.api.listRuns({ limit: 1, search: 'run' });
  expect(await next.api.getInterrupted({})).toEqual({ runs: [], resumesByItself: false });
});

test('a folder that is set so resumes them by itself', async () => {
  const { runs, open } = await interruptedRuns(['one', 'two'], async studio => {
    value(await studio.api.setResumesByItself({ on: true }));
  });
  const studio = await open();
  for (const run of runs) await completed(studio, run);
  const { resuming } = await studio.until('it is done', async () => {
    const now = await studio.api.getInterrupted({});
    return now.resuming?.state === 'done' && now;
  });
  expect(resuming).toMatchObject({ total: 2, resumed: 2 });
  expect(resuming).not.toHaveProperty('by');
});

test('but not those that were interrupted before it was set so', async () => {
  const { runs, open } = await interruptedRuns(['one']);
  const first = await open();
  value(await first.api.setResumesByItself({ on: true }));
  await first.host.close();
  const studio = await open();
  await looked(studio);
  expect(await studio.api.getInterrupted({})).toMatchObject({ runs: [{ run: runs[0] }], resumesByItself: true });
  expect((await studio.api.getRun({ run: runs[0] ?? 0 })).item.status).toBe('interrupted');
});
