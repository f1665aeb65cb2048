import { readFileSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

function prices(fix = ''): string {
  return Project.workflow(`
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: [1, 2, 'free', 4].map(cents => ({ cents, shop: 'Lidl', apiKey: 'sk-12345' })), size: 4 }, (batch, flow) => {
    flow.step('cents', ctx => ctx.each(batch, price => {
      ${fix}
      if (typeof price.cents !== 'number') throw new Error(\`\${price.cents} is not a number\`);
      return price.cents * 100;
    }));
  });
`);
}

test('an item at fault is made smaller and pinned as a test, after the question, and through no link', async () => {
  const project = new Project({ 'shop/prices.ts': prices().replace('./supplied', '../supplied') });
  const studio = await Studio.open(project);
  const run = await studio.start('shop/prices.ts');
  await studio.ended(run);
  const [found] = (await studio.api.getFindings({ run })).items;
  const of = { run, scope: found?.scope ?? 0, item: found?.item ?? 0 };

  expect(problem(await studio.api.shrinkItem({ ...of, item: 1, allow: true })).message).toContain(
    'Item 1 is not known to be at fault',
  );
  expect(value(await studio.api.shrinkItem(of))).toEqual({ asks: true });
  expect(value(await studio.api.pinItem({ ...of, smallest: false }))).toEqual({ asks: true });
  expect(value(await studio.api.shrinkItem({ ...of, allow: true }))).toEqual({
    asks: false,
    outcome: 'fails',
    smallest: { text: "{ cents: 'free' }", probes: expect.any(Number), isSmallest: true },
  });

  const judged = async () => value(await studio.api.getCodeOrData(of));
  expect(await judged()).toMatchObject({ outcome: 'fails', codeOrData: { verdict: 'undecided' } });

  const file = 'shop/prices.item-0-2.test.ts';
  const pinned = value(await studio.api.pinItem({ ...of, smallest: false }));
  expect(pinned).toMatchObject({
    outcome: 'fails',
    pinned: { file, wasThere: false, missing: ['cronflow', 'vitest'] },
  });
  const text = readFileSync(project.path(file), 'utf8');
  expect(text).toContain("import './prices.ts';");
  expect(text).toContain("items: [{ cents: 'free', shop: 'Lidl', apiKey: 'secret' }]");

  // The name is taken by another test, then by a link.
  symlinkSync(project.path('elsewhere.ts'), project.path('shop/prices.item-0-2-2.test.ts'));
  expect(problem(await studio.api.pinItem({ ...of, smallest: true })).message).toContain('is a link to');

  project.write('shop/prices.ts', prices('return 0;').replace('./supplied', '../supplied'));
  expect(value(await studio.api.pinItem({ ...of, smallest: true }))).toEqual({ asks: false, outcome: 'passes' });
  expect(await judged()).toMatchObject({ outcome: 'passes', codeOrData: { verdict: 'passes' } });
});
