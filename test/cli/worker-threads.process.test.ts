import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('a thread loads what the workflow can: enums, `./helper.js` for helper.ts, mappings, its own threads; a mistake names its file', async () => {
  const project = new Project({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }',
    'flow.ts': Project.workflow(`
      import { Worker } from 'node:worker_threads';
      const said = (file: string, options = {}) => new Promise((resolve, reject) => {
        new Worker(new URL(file, import.meta.url), options).on('message', resolve).on('error', reject);
      });
      cronflow.define({ id: 'threads' })
        .step('plain', async () => note(await said('./thread.ts')))
        .step('with-arguments', async () => note(await said('./thread.ts', { execArgv: [], workerData: { deep: true } })))
        .step('broken', () => said('./broken.ts'));
    `),
    'thread.ts': `
      import { parentPort, Worker, workerData } from 'node:worker_threads';
      import { two } from './helper.js';
      import { three } from '@/mapped';
      enum Kind { One = 1 }
      const value = Kind.One + two + three;
      if (workerData?.deep) new Worker(new URL(import.meta.url)).on('message', inner => parentPort?.postMessage(['inner', inner]));
      else parentPort?.postMessage(value);`,
    'helper.ts': 'export const two: number = 2;',
    'mapped.ts': 'export const three: number = 3;',
    'broken.ts': 'enum Kind { One = 1 }\nconst broken = ;',
  });
  const { summary } = await project.cli(['run', 'flow.ts', '--json']);
  expect(summary.error).toMatchObject({
    name: 'SyntaxError',
    step: 'broken',
    file: project.path('broken.ts'),
    line: 2,
  });
  expect(project.ledger()).toEqual([6, ['inner', 6]]);
});
