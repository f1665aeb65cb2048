import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';
import { COMPILE_CACHE } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/*
 * Names of files and folders that would move a terminal's cursor, set its title, hide text or turn it around. What workflows
 * say and are called is in test/cli/shown-text.process.test.ts.
 */

const HOSTILE = 'a\u001b[31m\u001b]0;owned\u0007\u001b[2J\u009b1A\u202egnp\u2066\u200f\u061c\u2028\b\u007f\r z';
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const FLOW = Project.workflow(
  "cronflow.define({ id: 'flow' }).batch('each', { items: [1], size: 1 }, (batch, flow) => { flow.step('fail', () => { throw new Error('no'); }); });",
);

let said: { stdout: string; stderr: string };
beforeEach(() => {
  said = { stdout: '', stderr: '' };
  vi.stubEnv('INIT_CWD', undefined);
  vi.stubEnv('NODE_COMPILE_CACHE', COMPILE_CACHE);
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation(text => {
      said[stream] += String(text);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function call(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  said = { stdout: '', stderr: '' };
  const code = await main(args);
  return { code, ...said };
}

test.skipIf(process.platform === 'win32')(
  'names of files and folders do not reach a terminal as they are, in words nor in JSON',
  async () => {
    const project = new Project({
      [`${HOSTILE}/flow.ts`]: FLOW,
      [`${HOSTILE}/supplied.ts`]: 'export const note = 1, sleep = 1;',
      [`${HOSTILE}/broken ${HOSTILE}.ts`]: "import { cronflow } from 'cronflow';\nconst = 5;",
      [`${HOSTILE}/missing.ts`]: `import './${JSON.stringify(HOSTILE).slice(1, -1)}.ts';\nimport 'cronflow';`,
    });
    const at = (name: string) => project.path(HOSTILE, name);
    const store = ['--store', at('.cronflow/runs.db')];
    const calls: [readonly string[], number][] = [
      [['run', at('flow.ts')], 1],
      [['show', '1', '--batches', 'all', ...store], 1],
      [['runs', ...store], 0],
      [['rerun', '1', '--dry-run', ...store], 0],
      [['show', '9', ...store], 2],
      [['run', at(`broken ${HOSTILE}.ts`)], 2],
      [['list', at('missing.ts')], 2],
      [['new', project.path(`new ${HOSTILE}`)], 0],
      [['new', at('flow.ts')], 2],
      [['serve', at('flow.ts')], 2],
      [['serve', at('nowhere')], 2],
      [['studio', at('nowhere')], 2],
      [['serve', '--port', HOSTILE], 2],
      [[HOSTILE], 2],
    ];
    for (const [args, code] of calls) {
      const inWords = await call(args);
      expect(RAW.exec(inWords.stdout + inWords.stderr), `${args.join(' ')}: ${JSON.stringify(inWords)}`).toBe(null);
      if (args[0] !== 'show') expect(inWords.code, `${args.join(' ')}: ${JSON.stringify(inWords)}`).toBe(code);
      // Those that start a process are not called twice.
      if (args[0] === 'run' || args[0] === 'list' || code === 0) continue;
      const inJson = await call([...args, '--json']);
      expect(RAW.exec(inJson.stdout + inJson.stderr), `${args.join(' ')} --json: ${JSON.stringify(inJson)}`).toBe(null);
    }
    // In JSON nothing of it is lost.
    const made = await call(['new', project.path(`another ${HOSTILE}`), '--json']);
    expect(RAW.exec(made.stdout)).toBe(null);
    expect(JSON.parse(made.stdout)).toMatchObject({ event: 'made', folder: project.path(`another ${HOSTILE}`) });
  },
);
