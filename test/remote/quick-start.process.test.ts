import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { blocksOf, fileOf } from '../examples/guide.ts';
import { BIN } from '../support/call.ts';
import { Project } from '../support/project.ts';
import { whyNoRedis } from '../support/servers/redis.ts';

/* The first section of docs/many-machines.md, as its reader does it in three terminals. */

const whyNot =
  whyNoRedis ??
  (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0 ? undefined : 'openssl is not installed.');
if (whyNot !== undefined) console.warn(`Skipped, the quick start of docs/many-machines.md: ${whyNot}`);

const page = readFileSync(new URL('../../docs/many-machines.md', import.meta.url), 'utf8');
const [, section = ''] = page.split(/^## /m);
const blocks = blocksOf(section);

/** A terminal of the reader: `npm install` has been done, and `cronflow` is a command. */
function terminal(project: Project, commands: string): { readonly shell: ChildProcess; said: () => string } {
  const shell = spawn('bash', ['-c', `set -e\ncronflow() { exec ${process.execPath} ${BIN} "$@"; }\n${commands}`], {
    cwd: project.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [shell.stdout, shell.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  onTestFinished(() => {
    if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, 'SIGKILL');
  });
  return { shell, said: () => text };
}

test.skipIf(whyNot !== undefined)(
  'the quick start of the page about many machines works as it is written',
  async () => {
    const files = blocks.flatMap(block => fileOf(block) ?? []);
    const port = await freePort();
    const [install, server, worker, run, ...others] = blocks
      .filter(({ language }) => language === 'sh')
      .map(({ text }) => text.replaceAll('6379', `${port}`));
    expect(others).toEqual([]);
    expect(install).toBe('npm install bullmq@6 ioredis');
    const project = new Project(Object.fromEntries(files.map(({ name, text }) => [name, text])));
    const redis = terminal(project, server ?? '');
    await expect.poll(redis.said).toContain('Ready to accept connections');
    const works = terminal(project, worker ?? '');
    await expect.poll(works.said).toContain('waiting for runs at');
    const runs = terminal(project, run ?? '');
    const [code] = (await once(runs.shell, 'exit')) as [number];
    expect({ code, said: runs.said() }).toEqual({
      code: 0,
      said: expect.stringContaining('200 items = 200 done') as string,
    });
    await expect.poll(works.said).toContain('A run of thumbnails is over');
    if (works.shell.pid === undefined) throw new Error('The worker did not start.');
    // Ctrl-C goes to all processes of a terminal.
    process.kill(-works.shell.pid, 'SIGINT');
    const [ended] = (await once(works.shell, 'exit')) as [number];
    expect(ended).toBe(0);
  },
);
