import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/** Each third price is a word; `fix` takes the words, too. */
function prices(fix = ''): string {
  return Project.workflow(`
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: [1, 2, 'free', 4].map(cents => ({ cents })), size: 4 }, (batch, flow) => {
    flow.step('cents', ctx => ctx.each(batch, price => {
      ${fix}
      if (typeof price.cents !== 'number') throw new Error(\`\${price.cents} is not a number\`);
      return price.cents * 100;
    }));
  });
`);
}

test('the values on the failing line are read of an item at fault, after the question, with the code as it is now', async () => {
  const project = new Project({ 'prices.ts': prices() });
  const studio = await Studio.open(project);
  const run = await studio.start('prices.ts');
  await studio.ended(run);
  const [found] = (await studio.api.getFindings({ run })).items;
  const { scope = 0, item = 0 } = found ?? {};
  expect(item).toBe(2);

  expect(problem(await studio.api.getValues({ run, scope, item: 1, allow: true })).message).toContain(
    'Item 1 is not known to be at fault',
  );
  expect(value(await studio.api.getValues({ run, scope, item }))).toEqual({ asks: true, values: [] });
  const read = value(await studio.api.getValues({ run, scope, item, allow: true }));
  expect(read).toMatchObject({ asks: false, outcome: 'fails', error: { message: 'free is not a number' } });
  expect(read.values).toContainEqual({ name: 'price.cents', text: '"free"' });
  expect(read.error).not.toHaveProperty('stack');

  project.write('prices.ts', prices("if (price.cents === 'free') return 0;"));
  expect(value(await studio.api.getValues({ run, scope, item }))).toEqual({
    asks: false,
    outcome: 'passes',
    values: [],
  });
});
