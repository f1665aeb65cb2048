import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ItemCheck } from '../../host/api/api.ts';
import { Project } from '../support/project.ts';
import { Studio, value } from './studio.ts';

/** Six prices in batches of three; the step names the two words among them, so that nothing has to be searched. */
function prices(options = ''): string {
  return Project.workflow(`
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: [1, 'free', 3, 4, 5, 'soon'], size: 3 }, (batch, flow) => {
    flow.step('cents', ctx => ctx.each(batch, price => {
      if (typeof price !== 'number') throw new Error(\`\${price} is not a number\`);
      return price * 100;
    })${options});
  });
`);
}

async function failedRun(options?: string) {
  const project = new Project({ 'prices.ts': prices(options) });
  const studio = await Studio.open(project);
  const run = await studio.start('prices.ts');
  await studio.ended(run);
  await studio.watch(run);
  const change = (from: string, to: string) =>
    project.write('prices.ts', readFileSync(project.path('prices.ts'), 'utf8').replace(from, to));
  const checked = async (is: (check: ItemCheck) => boolean) =>
    await studio.until(
      'the items are tried',
      () => studio.events('onCheck').findLast(check => check.state === 'ended' && is(check)),
      60_000,
    );
  return { studio, run, change, checked };
}

describe('when a file is saved, the items at fault of the run that is looked at', () => {
  test('are tried with the new code, and fail with the new error or pass', async () => {
    const { studio, run, change, checked } = await failedRun(', { pure: true }');
    expect((await studio.api.getFindings({ run })).counts.items).toBe(2);
    expect(await studio.api.getSavedChange({ run })).toEqual({ files: [] });

    change('is not a number', 'costs nothing');
    const failing = await checked(({ results }) => results.length === 2);
    expect(failing).toMatchObject({
      run,
      total: 2,
      results: [
        { item: 1, outcome: 'fails', error: { message: 'free costs nothing' } },
        { item: 2, outcome: 'fails', error: { message: 'soon costs nothing' } },
      ],
    });

    change("if (typeof price !== 'number')", "if (price === 'soon')");
    const half = await checked(({ results }) => results.some(({ outcome }) => outcome === 'passes'));
    expect(half.results.map(({ outcome }) => outcome)).toEqual(['passes', 'fails']);
    expect((await studio.api.getFindings({ run })).check).toEqual(half);
    const { files } = await studio.api.getSavedChange({ run });
    expect(files).toMatchObject([
      {
        file: 'prices.ts',
        hunks: 1,
        first: { removed: [expect.stringContaining('typeof price')], added: [expect.stringContaining("=== 'soon'")] },
      },
    ]);

    change('return price * 100', 'return (price * 100');
    expect((await checked(({ problem }) => problem !== undefined)).problem?.message).toMatch(/prices\.ts|[Ee]xpected/);
    // Nothing of it is in the run.
    expect((await studio.api.getFindings({ run })).counts.items).toBe(2);
  });

  test('are not executed before somebody has allowed it', async () => {
    const { studio, run, change, checked } = await failedRun();
    change('throw new Error', '// throw new Error');
    expect(await checked(({ asks }) => asks === true)).toMatchObject({ results: [] });
    value(await studio.api.checkItems({ run, allow: true }));
    const passing = await checked(({ results }) => results.length === 2);
    expect(passing.results.map(({ outcome }) => outcome)).toEqual(['passes', 'passes']);
  });
});
