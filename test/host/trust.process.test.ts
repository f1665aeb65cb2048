import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { FolderGuard } from '../../host/trust/folder-guard.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { makeWorkspace } from '../../host/workspace/new-folder.ts';
import { readTrustedFolders, trustFileIn } from '../../host/trust/trusted-folders.ts';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';
import { problem, Studio, value } from './studio.ts';

/** Whoever executes it finds that in the ledger. */
const EXECUTED = `note('executed');\n`;
const FAILS = Project.workflow(`${EXECUTED}
cronflow.define({ id: 'fails', name: 'Fails' }).batch('each', { items: [1, 2], size: 1 }, (items, flow) => {
  flow.step('work', () => { note('worked'); if (items[0] === 2) throw new Error('Two is too many'); });
});`);
const HOLDS = Project.workflow(`${EXECUTED}
cronflow.define({ id: 'holds', name: 'Holds' }).step('wait', async ctx => {
  note('waiting');
  while (!ctx.signal.aborted) await sleep(10);
  ctx.signal.throwIfAborted();
});`);

let dataFolder: string;
beforeEach(() => {
  dataFolder = temporaryFolder();
});

/** Opens a folder as it is opened when nobody has said anything about it. */
async function openUnasked(project: Project, data = dataFolder): Promise<Studio> {
  return await Studio.open(project, { dataFolder: data, trustForThisLaunch: false });
}

async function questionOf(studio: Studio): Promise<string> {
  const { trust } = await studio.api.getWorkspace({});
  if (trust.state === 'trusted') throw new Error('The folder is trusted: there is no question.');
  return trust.question;
}

async function listed(studio: Studio): Promise<Record<string, readonly string[]>> {
  const { files, loading } = await studio.until('all files are listed', async () => {
    const workspace = await studio.api.getWorkspace({});
    return workspace.loading ? undefined : workspace;
  });
  expect(loading).toBeUndefined();
  return Object.fromEntries(files.map(({ file, graphs }) => [file, graphs.map(({ id }) => id)]));
}

/** A folder with a failed and a paused run of somebody who trusted it. */
async function withRuns(): Promise<{ project: Project; failed: number; paused: number }> {
  const project = new Project({ 'fails.ts': FAILS, 'holds.ts': HOLDS });
  const before = await Studio.open(project);
  const failed = await before.start('fails.ts');
  await before.ended(failed);
  const paused = await before.start('holds.ts');
  await before.until('it waits', () => project.ledger().includes('waiting'));
  value(await before.api.stopRun({ run: paused, as: 'paused' }));
  await before.ended(paused);
  await before.host.close();
  return { project, failed, paused };
}

describe('a folder that nobody has trusted', () => {
  test('is not executed: not when opened, not at a save, not by start, resume or re-run; its runs are shown', async () => {
    const { project, failed, paused } = await withRuns();
    const before = project.ledger();
    const studio = await openUnasked(project);

    expect(await listed(studio)).toEqual({ 'fails.ts': [], 'holds.ts': [] });
    expect((await studio.api.getWorkspace({})).trust).toMatchObject({ state: 'untrusted' });
    project.write('fails.ts', `${FAILS}\n// saved`);
    project.write('later.ts', FAILS.replaceAll('fails', 'later'));
    await studio.until('the new file is listed', async () => 'later.ts' in (await listed(studio)));

    const refusals = [
      await studio.api.startRun({ file: 'fails.ts', workflow: 'fails', payload: '' }),
      await studio.api.resumeRun({ run: paused }),
      await studio.api.rerun({ run: failed, request: { select: 'failed' } }),
      await studio.api.newWorkflow({ name: 'Another' }),
    ].map(problem);
    for (const { name, message } of refusals) {
      expect(name).toBe('NotTrustedError');
      expect(message).toBe(
        `The folder ${project.folder} is not trusted, so nothing in it is executed. Press "Trust folder…" at the top of the window, then try again.`,
      );
    }
    expect(existsSync(project.path('another.ts'))).toBe(false);
    expect(existsSync(project.path('.cronflow', 'types'))).toBe(false);

    expect(await studio.api.listRuns({ limit: 10 })).toMatchObject([
      { run: paused, status: 'paused' },
      { run: failed, status: 'failed' },
    ]);
    expect((await studio.api.getRun({ run: failed })).graph.nodes.map(({ id }) => id)).toEqual(['each']);
    expect((await studio.api.watchRun({ run: failed })).maps).toMatchObject([{ path: 'each' }]);
    expect((await studio.api.getProblems({ run: failed })).causes).toMatchObject([{ message: 'Two is too many' }]);
    expect(value(await studio.api.planRerun({ run: failed, request: { select: 'failed' } })).nodes).toHaveLength(1);
    expect(project.ledger()).toEqual(before);

    // The same folder, the same calls, with trust: what was refused above can be done.
    value(await studio.api.trustFolder({ question: await questionOf(studio) }));
    await studio.until('they are loaded', async () => (await listed(studio))['later.ts']?.[0] === 'later');
    value(await studio.api.rerun({ run: failed, request: { select: 'failed' } }));
    await studio.until('it works again', () => project.ledger().filter(entry => entry === 'worked').length === 3);
    await studio.ended(failed);
    expect((await studio.api.getWorkspace({})).trust).toEqual({ state: 'trusted' });
    expect(studio.events('onWorkspace').at(-1)?.trust).toEqual({ state: 'trusted' });
  });

  test('keeps the types for editors as they are until it is trusted', async () => {
    const project = new Project({ 'fails.ts': FAILS, '.cronflow/types/cronflow.d.ts': 'theirs' });
    const types = () => readFileSync(project.path('.cronflow', 'types', 'cronflow.d.ts'), 'utf8');
    const studio = await openUnasked(project);
    await listed(studio);
    expect(types()).toBe('theirs');
    value(await studio.api.trustFolder({ question: await questionOf(studio) }));
    await studio.until('they are renewed', () => types().includes("declare module 'cronflow'"));
  });
});

describe('an answer', () => {
  test('holds over a restart, and for the folders inside; not for the one around it or beside it', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    mkdirSync(project.path('inner'));
    const first = await openUnasked(project);
    value(await first.api.trustFolder({ question: await questionOf(first) }));
    await first.host.close();

    const second = await openUnasked(project);
    await second.until('it is loaded', async () => (await listed(second))['fails.ts']?.[0] === 'fails');
    const trust = new FolderTrust(dataFolder);
    expect(await trust.isTrusted(project.path('inner'))).toBe(true);
    expect(await trust.isTrusted(path.dirname(project.folder))).toBe(false);
    expect(await trust.isTrusted(`${project.folder}-beside`)).toBe(false);
  });

  test('counts for the folder that the question was about, and for no other', async () => {
    const [asked, other] = [new Project({ 'fails.ts': FAILS }), new Project({ 'fails.ts': FAILS })];
    const studio = await openUnasked(asked);
    const question = await questionOf(studio);
    value(await studio.host.openFolder(other.folder));
    for (const given of [question, '', other.folder, asked.folder, '../..', '__proto__']) {
      expect(problem(await studio.api.trustFolder({ question: given })).message).toContain('Another folder has been');
    }
    const wrong = { question, folder: other.folder, path: other.folder } as { question: string };
    expect(await studio.api.trustFolder(wrong).catch(() => ({ ok: false }))).toMatchObject({ ok: false });
    expect(await readTrustedFolders(dataFolder)).toEqual([]);
    expect(other.ledger()).toEqual([]);
  });

  test('can be taken back', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const studio = await openUnasked(project);
    value(await studio.api.trustFolder({ question: await questionOf(studio) }));
    await studio.until('it is loaded', async () => (await listed(studio))['fails.ts']?.[0] === 'fails');
    value(await studio.api.distrustFolder({}));
    await studio.until('it is listed only', async () => (await listed(studio))['fails.ts']?.length === 0);
    expect(problem(await studio.api.startRun({ file: 'fails.ts', workflow: 'fails', payload: '' })).name).toBe(
      'NotTrustedError',
    );
    expect(await new FolderTrust(dataFolder).isTrusted(project.folder)).toBe(false);
  });

  test('cannot be taken back where a folder around it is trusted: the message names that one', async () => {
    const project = new Project();
    mkdirSync(project.path('inner'));
    const trust = new FolderTrust(dataFolder);
    await trust.trust(project.folder);
    expect(await trust.forget(project.path('inner'))).toBe(project.folder);
    const studio = await Studio.open(project, { dataFolder, folder: project.path('inner'), trustForThisLaunch: false });
    expect(problem(await studio.api.distrustFolder({})).message).toContain(`part of ${project.folder}, which`);
  });

  test('with --trust holds for this launch, and is not remembered', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const launch = await Studio.open(project, { dataFolder, trustForThisLaunch: true });
    await launch.until('it is loaded', async () => (await listed(launch))['fails.ts']?.[0] === 'fails');
    await launch.host.close();
    expect(await questionOf(await openUnasked(project))).toMatch(/^[\w-]{36}$/);
  });

  test('with --trust by another start of the app reaches the folder that is open', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const studio = await openUnasked(project);
    value(await studio.host.openFolder(project.folder, { trustForThisLaunch: true }));
    await studio.until('it is loaded', async () => (await listed(studio))['fails.ts']?.[0] === 'fails');
    expect(await readTrustedFolders(dataFolder)).toEqual([]);
  });

  test('that cannot be stored is refused with what to do', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const studio = await openUnasked(project);
    writeFileSync(path.join(dataFolder, 'trust'), 'in the way');
    const { message } = problem(await studio.api.trustFolder({ question: await questionOf(studio) }));
    expect(message).toMatch(/^The answer cannot be stored, .* Remove it\. .*start Cronflow with --trust\.$/s);
    expect(project.ledger()).toEqual([]);
  });
});

describe('what lies in a folder', () => {
  test('does not make it trusted', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const forged = JSON.stringify({ folders: [{ folder: project.folder, owner: process.getuid?.() }] });
    for (const name of [
      'trusted-folders.json',
      'trust/trusted-folders.json',
      '.cronflow/trusted-folders.json',
      '.cronflow/trust/trusted-folders.json',
    ])
      project.write(name, forged);
    const studio = await openUnasked(project);
    expect(await listed(studio)).toEqual({ 'fails.ts': [] });
    expect(project.ledger()).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('nor by a link to it from where answers are stored', async () => {
    const project = new Project({ 'fails.ts': FAILS });
    const forged = JSON.stringify({ folders: [{ folder: project.folder, owner: process.getuid?.() }] });
    const file = trustFileIn(dataFolder);
    // What is linked to below counts where it is no link.
    mkdirSync(path.dirname(file), { mode: 0o700 });
    writeFileSync(file, forged, { mode: 0o600 });
    expect(await new FolderTrust(dataFolder).isTrusted(project.folder)).toBe(true);

    renameSync(file, project.path('linked.json'));
    symlinkSync(project.path('linked.json'), file);
    expect(await new FolderTrust(dataFolder).isTrusted(project.folder)).toBe(false);
    // An answer replaces the link; it does not follow it.
    const { folder: other } = new Project();
    await new FolderTrust(dataFolder).trust(other);
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(project.path('linked.json'), 'utf8')).toBe(forged);
    expect((await readTrustedFolders(dataFolder)).map(({ folder }) => folder)).toEqual([other]);

    renameSync(path.dirname(file), project.path('linked'));
    symlinkSync(project.path('linked'), path.dirname(file));
    expect(await new FolderTrust(dataFolder).isTrusted(other)).toBe(false);
    await expect(new FolderTrust(dataFolder).trust(project.folder)).rejects.toThrow('is a link');
  });
});

describe.skipIf(process.platform === 'win32')('the stored answers', () => {
  test('are for this person only', async () => {
    const { folder } = new Project();
    await new FolderTrust(path.join(dataFolder, 'new')).trust(folder);
    const file = trustFileIn(path.join(dataFolder, 'new'));
    expect([file, path.dirname(file)].map(place => lstatSync(place).mode & 0o777)).toEqual([0o600, 0o700]);
    chmodSync(path.dirname(file), 0o755);
    await new FolderTrust(path.join(dataFolder, 'new')).trust(folder);
    expect(lstatSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  test('count for nothing where others can write them, or where they are damaged', async () => {
    const { folder } = new Project();
    const trust = new FolderTrust(dataFolder);
    const isTrusted = () => trust.isTrusted(folder);
    await trust.trust(folder);
    const file = trustFileIn(dataFolder);
    chmodSync(file, 0o622);
    expect(await isTrusted()).toBe(false);
    chmodSync(file, 0o600);
    expect(await isTrusted()).toBe(true);
    chmodSync(path.dirname(file), 0o777);
    expect(await isTrusted()).toBe(false);
    chmodSync(path.dirname(file), 0o700);
    writeFileSync(file, '{"folders":[{"folder":5}]}');
    expect(await isTrusted()).toBe(false);
    await trust.trust(folder);
    expect(await isTrusted()).toBe(true);
  });

  test('name the owner: another person’s folder in the same place is not the one that was trusted', async () => {
    const { folder } = new Project();
    await new FolderTrust(dataFolder).trust(folder);
    const file = trustFileIn(dataFolder);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"owner": \d+/, '"owner": 4711'));
    expect(await new FolderTrust(dataFolder).isTrusted(folder)).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('a link', () => {
  test('in the place of a trusted folder is not trusted by its old name', async () => {
    const project = new Project({ 'work/fails.ts': FAILS, 'hostile/fails.ts': FAILS, 'supplied.ts': '' });
    for (const name of ['work', 'hostile']) project.write(`${name}/supplied.ts`, NOTES);
    await new FolderTrust(dataFolder).trust(project.path('work'));
    rmSync(project.path('work'), { recursive: true });
    symlinkSync(project.path('hostile'), project.path('work'));
    const studio = await Studio.open(project, { dataFolder, folder: project.path('work'), trustForThisLaunch: false });
    expect(await studio.api.getWorkspace({})).toMatchObject({
      folder: project.path('hostile'),
      trust: { state: 'untrusted' },
    });
    expect(await listed(studio)).toEqual({ 'fails.ts': [] });
    expect(project.ledger()).toEqual([]);
  });

  test('in the place of the folder that is open ends what may be executed', async () => {
    const project = new Project({ 'work/fails.ts': FAILS, 'hostile/fails.ts': FAILS });
    const trust = new FolderTrust(dataFolder);
    await trust.trust(project.path('work'));
    const guard = await FolderGuard.of(project.path('work'), trust);
    expect(guard.refusal()).toBeUndefined();
    renameSync(project.path('work'), project.path('before'));
    expect(guard.refusal()?.message).toContain('cannot be found any more');
    symlinkSync(project.path('hostile'), project.path('work'));
    expect(guard.refusal()?.message).toContain(`leads to another folder now, ${project.path('hostile')}`);
    const runner = () =>
      guard.startRunner(
        { kind: 'inspect', file: project.path('work/fails.ts') },
        { onMessage: () => undefined, onExit: () => undefined },
      );
    expect(runner).toThrow('leads to another folder now');
  });
});

const NOTES = `
import { appendFileSync } from 'node:fs';
export function note(entry: unknown): void { appendFileSync(new URL('../ledger.txt', import.meta.url), JSON.stringify(entry) + '\\n'); }
export function sleep(): void {}
`;

describe('without a question', () => {
  test('the app’s own examples are trusted', async () => {
    const examples = realpathSync(fileURLToPath(new URL('../../examples', import.meta.url)));
    const trust = new FolderTrust(dataFolder);
    expect(await trust.isTrusted(examples)).toBe(true);
    expect(await trust.isTrusted(path.dirname(examples))).toBe(false);
  });

  test('a folder is trusted that Cronflow has made, and none that had something in it', async () => {
    const trust = new FolderTrust(dataFolder);
    const folder = realpathSync(temporaryFolder());
    const notRemembered: unknown[] = [];
    const make = (name: string) => makeWorkspace(path.join(folder, name), trust, error => notRemembered.push(error));
    mkdirSync(path.join(folder, 'empty'));
    mkdirSync(path.join(folder, 'theirs'));
    writeFileSync(path.join(folder, 'theirs', 'hostile.ts'), FAILS);
    for (const name of ['missing', 'empty', 'theirs']) await make(name);
    expect(
      await Promise.all(['missing', 'empty', 'theirs'].map(name => trust.isTrusted(path.join(folder, name)))),
    ).toEqual([true, true, false]);
    expect(notRemembered).toEqual([]);
  });
});
