import { afterAll, expect, test } from 'vitest';
import { killAllCalls } from '../support/call.ts';
import { Project } from '../support/project.ts';

/* What a run says of variables that each of its workers has for itself. */

afterAll(killAllCalls);

const LIB = `export let rendered = 0;
export function render(item: number): number {
  rendered += 1;
  return item * 2;
}
`;

const flow = (options: string) =>
  Project.workflow(`
import { render } from './lib.ts';
let made = 0;
cronflow.define({ id: 'films' })
  .batch('make', { items: [1, 2, 3, 4], size: 1${options} }, ([item], flow) => {
    flow.step('render', async () => { console.log('at work'); made += 1; return render(item); });
  })
  .step('count', () => made);
`);

/** Where the variable stands in a file that `flow` makes. */
const lineOfMade = (text: string) => text.split('\n').indexOf('let made = 0;') + 1;

function logsOf(project: Project): { level: string; text: string }[] {
  return project.rows('SELECT level, text FROM logs ORDER BY id') as { level: string; text: string }[];
}

test('a run with workers begins its log with the variables that each of them has for itself, once', async () => {
  const text = flow(', workers: 2');
  const project = new Project({ 'films.ts': text, 'lib.ts': LIB });
  const run = await project.cli(['run', 'films.ts', '--json']);
  const warning =
    `made (films.ts:${lineOfMade(text)}) and rendered (lib.ts:1) are module-level variables: each worker has its own, and so has the ` +
    'process of the run. What one of them changes, the others do not see. Keep them in ctx.state, which all share.';
  // As it says: the process of the run has another one.
  expect(run).toMatchObject({ code: 0, summary: { status: 'completed', output: 0 } });
  expect(logsOf(project)[0]?.text).toBe(warning);
  expect(logsOf(project).filter(line => line.text === warning)).toHaveLength(1);
  expect(run.events.filter(event => event.text === warning)).toMatchObject([{ event: 'log', level: 'warn' }]);
});

test('so does one whose workers are asked for by --workers, and one without workers says nothing', async () => {
  const project = new Project({ 'films.ts': flow(''), 'lib.ts': LIB });
  expect(await project.cli(['run', 'films.ts', '--json'])).toMatchObject({ code: 0, summary: { output: 4 } });
  expect(logsOf(project).map(({ text }) => text)).toEqual(Array.from({ length: 4 }, () => 'at work'));
  const run = await project.cli(['run', 'films.ts', '--json', '--workers', '2']);
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('Keep them in ctx.state, which all share.');
});

test('`cronflow list` tells of each at its line where the file itself asks for workers', async () => {
  const text = flow(', workers: 2');
  const project = new Project({
    'films.ts': text,
    'lib.ts': LIB,
    'without.ts': flow('').replace("'films'", "'without'"),
  });
  const { events } = await project.cli(['list', '.', '--json']);
  const notices = (id: string) => events.find(event => event.event === 'workflow' && event.id === id)?.notices;
  expect(notices('films')).toMatchObject([
    {
      text: expect.stringMatching(/^made is a module-level variable: each worker/) as string,
      at: { line: lineOfMade(text) },
    },
    {
      text: expect.stringMatching(/^rendered is a module-level variable/) as string,
      at: { file: project.path('lib.ts'), line: 1 },
    },
  ]);
  expect(notices('without')).toBeUndefined();
  const shown = await project.cli(['list', 'films.ts']);
  expect(shown.stdout + shown.stderr).toContain(`films.ts:${lineOfMade(text)}: made is a module-level variable`);
});
