import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('what cannot be used is told in a sentence, with the next step', async () => {
  const project = new Project({
    'flow.ts': Project.workflow("cronflow.define({ id: 'beds' }).step('make', () => 1);"),
  });
  const told = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stderr } = await project.cli(args, { env });
    expect(code).toBe(2);
    return stderr;
  };
  expect(await told(['work', '.'])).toContain(
    `or set CRONFLOW_QUEUE, or write { "queue": "redis://host:6379" } into ${project.path('cronflow.json')}.`,
  );
  expect(await told(['work', '.', '--queue', 'redis://localhost:1'])).toContain('openssl rand -hex 24');
  const secret = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };
  expect(await told(['work', '.', '--queue', 'redis://localhost:1'], secret)).toMatch(
    /The queue at redis:\/\/localhost:1 \(from --queue\) cannot be used: .*ECONNREFUSED.*Is Redis running there\?/,
  );
  expect(await told(['run', 'flow.ts', '--queue', 'postgres://me@localhost:1/jobs'], secret)).toMatch(
    /The queue at postgres:\/\/me@localhost:1\/jobs \(from --queue\) cannot be used: .*ECONNREFUSED.*Is PostgreSQL running there\?/,
  );
  expect(await told(['run', 'flow.ts', '--queue', 'redis://x', '--workers', '2'], secret)).toContain(
    'Leave one of them out.',
  );
  expect(await told(['work', 'flow.ts', '--queue', 'redis://x'], secret)).toContain('A worker serves a folder: ');
  expect(await told(['work', '.', '--queue', 'redis://:word@x'], secret)).toContain('--queue holds a password');
});

test('the queue in the settings of a folder is used where it is asked for, and a refusal names the file', async () => {
  const project = new Project({
    'package.json': '{}',
    'cronflow.json': '{ "queue": "redis://localhost:1" }',
    'flows/flow.ts': "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'beds' }).step('make', () => 1);",
  });
  const env = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };
  const told = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const { code, stderr } = await project.cli(args, { env: { ...env, ...more } });
    expect(code).toBe(2);
    return stderr;
  };
  const ofSettings = `The queue at redis://localhost:1 (from ${project.path('cronflow.json')}) cannot be used: `;
  expect(await told(['work', 'flows'])).toContain(ofSettings);
  expect(await told(['workers'])).toContain(ofSettings);
  expect(await told(['run', 'flows/flow.ts', '--queue'])).toContain(ofSettings);
  expect(await told(['run', '--queue', 'flows/flow.ts'])).toContain(ofSettings);
  expect(await told(['run', 'flows/flow.ts', '--queue'], { CRONFLOW_QUEUE: 'redis://localhost:2' })).toContain(
    'The queue at redis://localhost:2 (from CRONFLOW_QUEUE) cannot be used: ',
  );
  expect(await told(['work', 'flows', '--queue', 'redis://localhost:3'])).toContain(
    'The queue at redis://localhost:3 (from --queue) cannot be used: ',
  );
  expect(await told(['run', 'flows/flow.ts', '--queue', 'localhost:1'])).toContain('--queue: The address of the queue');
  // Nobody has asked for it.
  expect(await project.cli(['run', 'flows/flow.ts'])).toMatchObject({ code: 0 });
  project.write('cronflow.json', '{ "queue": "redis://:word@localhost:1" }');
  const refused = await told(['work', 'flows']);
  expect(refused).toContain(`The queue in ${project.path('cronflow.json')} holds a password`);
  expect(refused).toContain('CRONFLOW_QUEUE_PASSWORD');
});
