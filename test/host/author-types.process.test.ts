import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { TYPES_FILE, writeAuthorTypes } from '../../host/workspace/author-types.ts';
import { Project } from '../support/project.ts';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

test('in a workspace without the package, the editor knows all that workflows, programs and tests import', async () => {
  const project = new Project({
    'package.json': '{ "type": "module" }',
    'all.ts': `
import { cronflow, openStore, run, RunRefused } from 'cronflow';
import { testRun } from 'cronflow/test';
const flow = cronflow.define<{ n: number }>({ id: 'x' }).step('a', ctx => ctx.payload.n);
export const id: string = await cronflow.trigger('x', {});
const { status, batchesOf } = await testRun(flow, { steps: { a: (_ctx, original, time) => time.pass('5m').then(original) } });
// @ts-expect-error: there is no such status.
export const isGone = batchesOf('b')[0]?.status === 'gone';
export const isDone: boolean = status === 'completed';
const { items } = await run(flow, { store: await openStore('x'), key: 'x' });
export const failed: number = items.failed;
export { RunRefused };
`,
  });
  await writeAuthorTypes(project.folder);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', ''];
  const checked = await promisify(execFile)(
    process.execPath,
    [TSC, ...options, project.path('all.ts'), project.path(TYPES_FILE)],
    { cwd: project.folder },
  ).catch((error: { stdout: string }) => error);
  expect(checked.stdout).toBe('');
}, 30_000);
