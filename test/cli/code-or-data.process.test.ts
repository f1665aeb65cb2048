import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/** The prices are those of the payload; `read` reads one. */
function prices(read: string, helper = ''): string {
  return Project.workflow(`
${helper}
cronflow.define({ id: 'prices' })
  .batch('read', { items: ctx => ctx.payload, size: 1 }, (batch, flow) => {
    flow.step('cents', () => batch.map(price => { ${read} }), { pure: true });
  });
`);
}

const STRICT = "if (typeof price !== 'number') throw new Error(`${price} is not a number`); return price;";

async function verdict(project: Project, run: number): Promise<unknown> {
  const { events, stderr } = await project.cli(['probe', String(run), '--items', '1:0', '--code-or-data', '--json']);
  return (events[0] as { codeOrData?: unknown } | undefined)?.codeOrData ?? stderr;
}

test('code or data: an item that an older version passes points at what changed since', async () => {
  const project = new Project({ 'prices.ts': prices('return Number(price);') });
  const run = async () => await project.cli(['run', 'prices.ts', '--payload', '[1, "2"]', '--json']);
  await run();
  project.write('prices.ts', prices(STRICT));
  await run();
  const changed = expect.stringMatching(
    /^Code: it passes with the version of run 1 \(.*\); what changed: prices\.ts:\d+\.$/,
  );
  expect(await verdict(project, 2)).toEqual({ verdict: 'code', text: changed });
  // The version with which it has failed is not the one to compare with, also after another save.
  const saved = prices(STRICT, '// saved');
  project.write('prices.ts', saved);
  expect(await verdict(project, 2)).toMatchObject({ verdict: 'code' });
  expect((await project.cli(['probe', '2', '--items', '1:0', '--code-or-data'])).stdout).toContain(
    '    Code: it passes',
  );
  expect(readFileSync(project.path('prices.ts'), 'utf8')).toBe(saved);
});

test('code or data: an item that fails with all versions is at fault, and where no version can be tried that is said', async () => {
  const project = new Project({ 'prices.ts': prices(STRICT) });
  await project.cli(['run', 'prices.ts', '--payload', '[1, "two"]', '--json']);
  expect(await verdict(project, 1)).toEqual({
    verdict: 'data',
    text: 'Data: the same code passes other items. No other version of it is stored that could be tried.',
  });
  project.write('prices.ts', prices(STRICT, '// saved'));
  expect(await verdict(project, 1)).toMatchObject({
    verdict: 'data',
    text: expect.stringMatching(
      /^Data: the same code passes other items, and this one fails with the version of run 1/,
    ),
  });
});

test('code or data: where the older version cannot be loaded, that is said', async () => {
  // Another file than TypeScript is read from the disk.
  const rates = "import rates from './rates.json' with { type: 'json' };\nvoid rates;";
  const project = new Project({ 'prices.ts': prices(STRICT, rates), 'rates.json': '{ "vat": 1 }' });
  await project.cli(['run', 'prices.ts', '--payload', '[1, "two"]', '--json']);
  project.write('rates.json', '{ "vat": 2 }');
  expect(await verdict(project, 1)).toEqual({
    verdict: 'undecided',
    text: expect.stringMatching(
      /^Undecided: the same code passes other items, but the version of run 1 .*rates\.json has changed since/,
    ),
  });
});
