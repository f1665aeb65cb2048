import { describe, expect, test } from 'vitest';
import { pathToFileURL } from 'node:url';
import { Project } from '../support/project.ts';
import { expectNoStack } from './refusals.ts';

/** Every process and thread of Cronflow then finds this compiled part as an installation can have it. */
function withBroken(project: Project, name: string, error: string): { env: Record<string, string> } {
  const preload = project.write(
    'preload.mjs',
    `const open = process.dlopen;
     process.dlopen = (module, file, ...rest) => {
       if (!file.includes(${JSON.stringify(name)})) return open(module, file, ...rest);
       throw Object.assign(new Error(${JSON.stringify(error)}.replace('FILE', file)), { code: 'ERR_DLOPEN_FAILED' });
     };`,
  );
  return { env: { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` } };
}

const OTHER_NODE =
  "The module 'FILE'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 137. Please try re-compiling or re-installing\nthe module (for instance, using `npm rebuild` or `npm install`).";

describe.concurrent('a compiled part of ours that cannot be loaded is one message with the next step', () => {
  test.each([
    ['run', ['run', 'flow.ts']],
    ['runs', ['runs']],
  ])('SQLite, of another Node: %s', async (_, args) => {
    const project = new Project({ 'flow.ts': Project.workflow("cronflow.define({ id: 'flow' }).step('a', () => 1);") });
    const ended = await project.cli(
      [...args, '--store', project.write('runs.db', '')],
      withBroken(project, 'sqlite3', OTHER_NODE),
    );
    expect(ended.code).toBe(2);
    expectNoStack(ended.stderr);
    expect(ended.stderr).toMatch(
      /^better-sqlite3, which reads and writes stores, cannot be loaded by Node [\d.]+ on \S+: it was compiled for another Node \(NODE_MODULE_VERSION 115; this one needs 137\)\. Install its packages again, with this Node: npm install --prefix ".+"\n$/,
    );
  });

  test.each([
    ['run', ['run', 'flow.ts']],
    ['list', ['list', '.']],
  ])('the compiler of TypeScript: %s', async (_, args) => {
    const project = new Project({ 'flow.ts': Project.workflow("cronflow.define({ id: 'flow' }).step('a', () => 1);") });
    const ended = await project.cli(args, withBroken(project, 'oxc', 'FILE: cannot open shared object file'));
    expect(ended.code).toBe(2);
    expectNoStack(ended.stderr);
    expect(ended.stderr).toMatch(
      /^oxc-transform, which reads TypeScript, cannot be loaded by Node [^\n]+ npm install --prefix ".+"\n$/,
    );
  });
});
