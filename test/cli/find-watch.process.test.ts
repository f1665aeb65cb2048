import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const PRICES = Project.workflow(`
cronflow.define({ id: 'prices' })
  .batch('read', { items: [1, 'free', 3, 'soon'], size: 4, unit: ['price', 'prices'], label: String }, (batch, flow) => {
    flow.step('cents', () => batch.map(price => {
      if (typeof price !== 'number') throw new Error(\`\${price} is not a number\`);
      return price * 100;
    }), { pure: true });
  });
`);

test('cronflow find --watch tries the items with each save, and says what comes next when all pass', async () => {
  const project = new Project({ 'prices.ts': PRICES });
  expect((await project.cli(['run', 'prices.ts', '--json'])).code).toBe(1);
  const watching = project.start(['find', '1', '--watch', '--seconds', '100']);
  await watching.says('Save the file');
  expect(watching.stdout).toContain('2 prices are at fault');

  const save = (from: string, to: string) =>
    project.write('prices.ts', readFileSync(project.path('prices.ts'), 'utf8').replace(from, to));
  save('is not a number', 'costs nothing');
  await watching.says('0 of 2 pass now.');
  expect(watching.stdout).toContain('✕ free free costs nothing');
  save("typeof price !== 'number'", 'Number.isNaN(price)');
  await watching.says('2 of 2 pass now. Next:');
  expect(watching.stdout).toContain('✓ soon passes now');
  expect(watching.stdout).toMatch(/rerun 1/);
  save('return price * 100', 'return (price * 100');
  await watching.until('the mistake is told', ({ stdout }) => /✕ .*prices\.ts|✕ .*[Ee]xpected/.test(stdout));

  watching.kill('SIGINT');
  expect((await watching.done).code).toBe(0);
});
