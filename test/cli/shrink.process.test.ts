import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('cronflow probe --shrink shows the part of an item that makes it fail, and hides secrets', async () => {
  const project = new Project({
    'films.ts': Project.workflow(`
interface Film { Title: unknown; Director: string; apiKey: string; Cast: { name: string; roles: (string | null)[] }[] }
const film = (Title: unknown, role: string | null = 'a'): Film =>
  ({ Title, Director: 'Spielberg', apiKey: 'sk-12345', Cast: [{ name: 'Beatty', roles: ['b', 'c'] }, { name: 'Aykroyd', roles: [role, 'd'] }] });
cronflow.define({ id: 'films' })
  .batch('tidy', { items: [film('Avatar'), film(1941), film('Up', null), film('Jaws')], size: 4, unit: ['film', 'films'] }, (batch, flow) => {
    flow.step('trim', () => batch.map(({ Title, apiKey, Cast }) => {
      if (typeof Title === 'number') throw new Error('The title is a number');
      if (apiKey && Cast?.some(({ roles }) => roles?.includes(null))) throw new Error('A role is missing');
      return Title;
    }), { pure: true });
  });
`),
  });
  await project.cli(['run', 'films.ts', '--json']);
  const shrunk = async (...more: string[]) =>
    await project.cli(['probe', '1', '--shrink', '--seconds', '100', ...more]);

  expect((await shrunk('--items', '1')).stdout).toMatch(
    /✕ 1 film of batch #0 .*: The title is a number\n {4}fails with only \{ Title: 1941 \} \(\d+ probes\)/,
  );
  const { events, stdout } = await shrunk('--items', '2', '--json');
  expect(events).toMatchObject([
    {
      event: 'probed',
      outcome: 'failed',
      error: { message: 'A role is missing' },
      smallest: {
        text: "{ apiKey: '(hidden: its name says that it is secret)', Cast: [ { roles: [ null ] } ] }",
        isSmallest: true,
      },
    },
  ]);
  expect(stdout).not.toContain('sk-12345');
  expect((await shrunk('--items', '3', '--json')).events).toMatchObject([{ outcome: 'passed' }]);

  const { code, stderr } = await shrunk();
  expect(code).toBe(2);
  expect(stderr).toContain('--shrink makes one item smaller: choose it with --items <index>.');
});
