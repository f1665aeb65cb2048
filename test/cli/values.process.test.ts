import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('cronflow probe --values shows what the failing line names, without secrets and without calling getters', async () => {
  const project = new Project({
    'films.ts': Project.workflow(`
interface Film { Title: string; readonly apiKey: string; readonly loud: string }
const film = (Title: unknown): Film => ({ Title: Title as string, apiKey: 'sk-12345', get loud() { console.log('a getter was called'); return ''; } });
cronflow.define({ id: 'films' })
  .batch('tidy', { items: ['Avatar', 1941, 'Up'].map(title => ({ title })), size: 3 }, (batch, flow) => {
    flow.step('trim', () => batch.map(({ title }) => {
      const one = film(title);
      try { JSON.parse('{'); } catch { /* The author's own: not the failure. */ }
      return one.Title.trim() + one.apiKey + one.loud;
    }), { pure: true });
  });
`),
  });
  await project.cli(['run', 'films.ts', '--json']);
  const { events, stdout } = await project.cli(['probe', '1', '--values', '--json', '--seconds', '100']);
  expect(events).toMatchObject([
    { outcome: 'failed', error: { message: expect.stringContaining('trim is not a function') as unknown } },
  ]);
  const read = (events[0]?.values ?? []) as { name: string; text: string }[];
  const values = new Map(read.map(({ name, text }) => [name, text]));
  expect(values.get('one.Title')).toBe('1941');
  expect(values.get('one.Title.trim')).toBe('undefined');
  expect(values.get('one.apiKey')).toContain('hidden');
  expect(values.has('one.loud')).toBe(false);
  expect(stdout).not.toContain('sk-12345');

  const { stdout: text } = await project.cli(['probe', '1', '--values', '--items', '1', '--seconds', '100']);
  expect(text).toMatch(/films\.ts:\d+\n\s+one = .*\n\s+one\.Title = 1941\n\s+one\.Title\.trim = undefined/);
});
