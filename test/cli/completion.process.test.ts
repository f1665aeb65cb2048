import { execFile, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../cli/command-table.ts';
import { Project } from '../support/project.ts';

const execute = promisify(execFile);

/** A folder with two files, the scripts of all shells, and a `cronflow` that lists two runs. */
async function completionProject(): Promise<Project> {
  const project = new Project({ 'a.ts': '', 'b.ts': '', 'bin/cronflow': RUNS });
  chmodSync(project.path('bin/cronflow'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish'])
    project.write(`completion.${shell}`, (await project.cli(['completion', shell])).stdout);
  return project;
}
const RUNS = `#!/bin/sh
[ "$1" = runs ] && printf '   4  failed     Films\\n  12  completed  It'"'"'s $(rm) "quoted"\\n'
`;

/** What a shell completes a line to. */
type Completes = (project: Project, line: string) => Promise<string[]>;

const SHELLS: Readonly<Record<string, Completes>> = {
  async bash(project, line) {
    const words = line.split(' ');
    const script = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cronflow; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return await linesOf(project, 'bash', ['--norc', '-c', script, 'bash', ...words]);
  },
  async fish(project, line) {
    const lines = await linesOf(project, 'fish', [
      '--no-config',
      '-c',
      `source completion.fish; complete -C '${line}'`,
    ]);
    return lines.map(text => text.split('\t')[0] ?? '');
  },
};

async function linesOf(project: Project, shell: string, args: readonly string[]): Promise<string[]> {
  const env = { ...process.env, HOME: project.folder, PATH: `${project.path('bin')}:${process.env.PATH}` };
  const { stdout, stderr } = await execute(shell, args, { cwd: project.folder, env });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(line => line !== '');
}

const isThere = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe.each(Object.keys(SHELLS).filter(isThere))('%s completes', shell => {
  const completes: Completes = SHELLS[shell] ?? (() => Promise.resolve([]));

  test('commands, options, values, and what a command is about', async () => {
    const project = await completionProject();
    const all = await Promise.all(
      Object.keys(EXPECTED).map(async line => [line, (await completes(project, line)).toSorted()] as const),
    );
    expect(Object.fromEntries(all)).toEqual(
      Object.fromEntries(Object.entries(EXPECTED).map(([line, words]) => [line, words.toSorted()])),
    );
    expect(await completes(project, 'cronflow ')).toEqual(expect.arrayContaining([...COMMAND_NAMES]));
  }, 60_000);

  // Bash leaves the names of files to its own completion, which goes on where nothing is given.
  test.runIf(shell === 'fish')(
    'the names of files, where a file is meant',
    async () => {
      const project = await completionProject();
      expect(await completes(project, 'cronflow run a')).toEqual(['a.ts']);
      expect(await completes(project, 'cronflow import 4 b')).toEqual(['b.ts', 'bin/']);
      expect(await completes(project, 'cronflow run --payload-file b')).toContain('b.ts');
      expect(await completes(project, 'cronflow rerun 4 a')).toEqual([]);
    },
    60_000,
  );
});

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'cronflow rer': ['rerun'],
  'cronflow rerun --ba': ['--batches'],
  'cronflow rerun --batches ': ['failed', 'all'],
  'cronflow run --durability ': ['full'],
  'cronflow export 4 --format ': ['xlsx', 'csv', 'jsonl'],
  'cronflow completion ': ['bash', 'zsh', 'fish'],
  'cronflow rerun ': ['4', '12'],
  // The value of an option is not what the command is about.
  'cronflow rerun --node make ': ['4', '12'],
  'cronflow export --set-aside ': ['4', '12'],
  'cronflow rerun --key': [],
};

test.runIf(isThere('zsh'))(
  'zsh takes its script',
  async () => {
    const project = await completionProject();
    await linesOf(project, 'zsh', ['-f', '-n', 'completion.zsh']);
    const script = 'autoload -U compinit; compinit -D -u; source ./completion.zsh; print -r -- $_comps[cronflow]';
    expect(await linesOf(project, 'zsh', ['-f', '-c', script])).toEqual(['_cronflow']);
  },
  30_000,
);

test('another shell is refused', async () => {
  const { code, stderr } = await new Project().cli(['completion', 'tcsh']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'cronflow completion "tcsh": the shell is bash, zsh or fish.\n',
  });
});
