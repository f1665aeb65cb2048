import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A project in which `cronflow` and `vitest` are installed. */
function projectWith(fix = ''): Project {
  const project = new Project({ 'orders.ts': orders(fix) });
  mkdirSync(project.path('node_modules'));
  symlinkSync(ROOT, project.path('node_modules', 'cronflow'), 'junction');
  symlinkSync(path.join(ROOT, 'node_modules', 'vitest'), project.path('node_modules', 'vitest'), 'junction');
  return project;
}

function orders(fix = ''): string {
  return `
import { cronflow } from 'cronflow';
interface Order { id: bigint; at: Date; note: string; apiKey: string; amounts: Map<string, number | null> }
const order = (id: bigint, amount: number | null): Order =>
  ({ id, at: new Date(Date.UTC(2024, 1, 29)), note: 'It\\'s\\n"new"', apiKey: 'sk-12345', amounts: new Map([['net', amount]]) });
cronflow.define({ id: 'orders', name: 'Add up' })
  .step('rate', () => ({ vat: 1.2 }))
  .step('unread', () => 'not read')
  .batch({ id: 'add', title: 'Add up the orders', label: (order: Order) => \`order \${order.id}\` },
    { items: [order(1n, 2), order(2n, 3), order(3n, 4), order(4n, null)], size: 2 }, (batch, flow) => {
    flow.step('sum', ctx => batch.map(({ at, amounts }) => {
      let net = amounts.get('net')!;
      ${fix}
      if (net === null) throw new Error(\`nothing to pay in \${at.getUTCFullYear()}\`);
      return net * ctx.steps.rate.output.vat;
    }), { pure: true });
  });
`;
}

/** Runs the tests of a folder as its author does. */
function vitest(folder: string): Promise<{ code: number; output: string }> {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_ENV|FORCE_COLOR)/.test(name));
  const env = Object.fromEntries(own);
  const args = [path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
  return new Promise(resolve =>
    execFile(process.execPath, args, { cwd: folder, env: { ...env, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    ),
  );
}

function testsOf(project: Project): string[] {
  return readdirSync(project.folder).filter(name => name.includes('.test.'));
}

test('an item at fault becomes a test that fails with its error, and passes once the workflow is fixed', async () => {
  const project = projectWith();
  await project.cli(['run', 'orders.ts']);
  const pinned = await project.cli(['probe', '1', '--items', '1:1', '--pin']);
  expect(pinned.stderr + pinned.stdout).toContain('orders.item-1-1.test.ts is written.');
  expect(pinned.code).toBe(0);

  const text = readFileSync(project.path('orders.item-1-1.test.ts'), 'utf8');
  expect(text).toContain("test('Add up the orders: order 4 passes'");
  expect(text).toContain('id: 4n');
  expect(text).toContain("at: new Date('2024-02-29T00:00:00.000Z')");
  expect(text).toContain(`note: 'It\\'s\\n"new"'`);
  expect(text).toContain("amounts: new Map([['net', null]])");
  expect(text).toContain('steps: { rate: { vat: 1.2 } }');
  expect(text).not.toContain('unread');
  expect(text).not.toContain('sk-12345');
  expect(text).toContain("apiKey: 'secret'");

  const red = await vitest(project.folder);
  expect(red.output).toContain('Error: nothing to pay in 2024');
  expect(red.output).toContain('1 failed');
  expect(red.code).toBe(1);

  project.write('orders.ts', orders('net ??= 0;'));
  const green = await vitest(project.folder);
  expect(green.output).toContain('1 passed');
  expect(green.code).toBe(0);
  // There is nothing to pin any more.
  const passes = await project.cli(['probe', '1', '--items', '1:1', '--pin']);
  expect(passes.code).toBe(2);
  expect(passes.stderr).toContain('No test is written. With the code as it is now, it passes.');
});

test('a test is written beside the workflow, over nothing and through no link', async () => {
  const project = projectWith();
  await project.cli(['run', 'orders.ts']);
  const pin = async (...more: string[]) =>
    await project.cli(['probe', '1', '--batches', '1', '--pin', '--json', ...more]);

  project.write('orders.item-1-1.test.ts', '// mine');
  expect((await pin('--items', '1')).events).toMatchObject([
    {
      event: 'pinned',
      batch: 1,
      items: [1],
      file: project.path('orders.item-1-1-2.test.ts'),
      wasThere: false,
      missing: [],
    },
  ]);
  expect((await pin('--items', '1')).events).toMatchObject([{ wasThere: true }]);
  expect(testsOf(project)).toEqual(['orders.item-1-1-2.test.ts', 'orders.item-1-1.test.ts']);
  expect(readFileSync(project.path('orders.item-1-1.test.ts'), 'utf8')).toBe('// mine');

  // What makes it fail, and nothing else.
  for (const name of testsOf(project)) rmSync(project.path(name));
  await pin('--items', '1', '--shrink');
  const smallest = readFileSync(project.path('orders.item-1-1.test.ts'), 'utf8');
  expect(smallest).toContain('Only what makes it fail was kept of it.');
  expect(smallest).not.toContain('note');

  rmSync(project.path('orders.item-1-1.test.ts'));
  symlinkSync(project.path('elsewhere.ts'), project.path('orders.item-1-1.test.ts'));
  const linked = await pin('--items', '1');
  expect(linked.code).toBe(2);
  expect(linked.stderr).toContain('is a link to');
  expect((await pin()).stderr).toContain('choose them with --items <index>');
});
