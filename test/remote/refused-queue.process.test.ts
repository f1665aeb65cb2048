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
    'Say where the queue is: --queue redis://host:6379, or set CRONFLOW_QUEUE.',
  );
  expect(await told(['work', '.', '--queue', 'redis://localhost:1'])).toContain('openssl rand -hex 24');
  const secret = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };
  expect(await told(['work', '.', '--queue', 'redis://localhost:1'], secret)).toMatch(
    /The queue at redis:\/\/localhost:1 cannot be used: .*ECONNREFUSED.*Is Redis running there\?/,
  );
  expect(await told(['run', 'flow.ts', '--queue', 'postgres://me@localhost:1/jobs'], secret)).toMatch(
    /The queue at postgres:\/\/me@localhost:1\/jobs cannot be used: .*ECONNREFUSED.*Is PostgreSQL running there\?/,
  );
  expect(await told(['run', 'flow.ts', '--queue', 'redis://x', '--workers', '2'], secret)).toContain(
    'Leave one of them out.',
  );
  expect(await told(['work', 'flow.ts', '--queue', 'redis://x'], secret)).toContain('A worker serves a folder: ');
  expect(await told(['work', '.', '--queue', 'redis://:word@x'], secret)).toContain('--queue holds a password');
});
