import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN } from '../support/cli.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { Project } from '../support/project.ts';

const STANDIN = fileURLToPath(new URL('../standin/electron', import.meta.url));

const project = () =>
  new Project({
    'flow.ts': Project.workflow("cronflow.define({ id: 'small', name: 'Small' }).step('only', async () => 1);"),
  });
const place = (of: Project) => ({ CRONFLOW_DATA: of.path('.data') });

describe('cronflow serve', () => {
  test('serves the app until it is told to end', async () => {
    const own = project();
    const call = own.start(['serve', '--json'], { env: place(own) });
    await call.says('"event":"serving"');
    const { folder, url } = JSON.parse(call.stdout) as { folder: string; url: string };
    expect(folder).toBe(own.folder);
    const entered = await fetch(url, { redirect: 'manual' });
    const page = await fetch(new URL('/', url), {
      headers: { cookie: entered.headers.getSetCookie()[0]?.split(';')[0] ?? '' },
    });
    expect(await page.text()).toContain('<title>Cronflow Studio</title>');
    call.kill('SIGTERM');
    expect(await call.done).toMatchObject({ code: 0 });
  });

  test('writes nothing into a folder that is merely opened', async () => {
    const own = project();
    const before = readdirSync(own.folder);
    const call = own.start(['serve', '--json'], {
      env: { CRONFLOW_DATA: path.join(tmpdir(), `data-${randomUUID()}`) },
    });
    await call.says('"event":"serving"');
    call.kill('SIGTERM');
    await call.done;
    expect(readdirSync(own.folder)).toEqual(before);
  });

  test('prints its address for a person', async () => {
    const own = project();
    const call = own.start(['serve', '.'], { env: place(own) });
    await call.says('Press Ctrl-C to stop');
    expect(call.stdout).toMatch(
      new RegExp(`Cronflow Studio shows ${own.folder}\n\n {2}http://127\\.0\\.0\\.1:\\d+/\\?token=[\\w-]{32}\n`),
    );
    call.kill('SIGINT');
    expect(await call.done).toMatchObject({ code: 0, stderr: '' });
  });

  test('says what is wrong with how it was called, and does not begin', async () => {
    const own = project();
    own.write('short', 'secret\n');
    chmodSync(own.write('open', `${'x'.repeat(32)}\n`), 0o666);
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const wrong: [string[], string][] = [
      [['serve', 'nowhere'], 'cronflow.mjs new nowhere'],
      [['serve', 'flow.ts'], 'is a file'],
      [['serve', '--port', 'http'], 'is not a port'],
      [['serve', '--port', '65536'], 'is not a port'],
      [['serve', '--store', '.'], '--store names the database file'],
      [['serve', '--prot', '1'], 'Did you mean --port?'],
      [['serve', '.', 'other'], 'does not take "other"'],
      [['serve', '--port', String(port)], `Port ${port} is in use`],
      [['serve', '--host', '0.0.0.0'], '--tls-in-front'],
      [['serve', '--host', 'nowhere.invalid'], 'neither an address nor a name'],
      [['serve', '--host', '0.0.0.0', '--tls-in-front'], 'needs --public-url'],
      [['serve', '--public-url', 'studio'], 'not an address'],
      [['serve', '--token-file', 'nowhere/token'], 'could not be written'],
      [['serve', '--token-file', '.'], 'a folder, not a file'],
      [['serve', '--token-file', 'short'], 'holds no token'],
      [['serve', '--token-file', 'open'], 'can be changed by other users'],
      [['studoi'], 'Did you mean studio?'],
    ];
    for (const [args, why] of wrong)
      expect(await own.cli(args, { env: place(own) }), args.join(' ')).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(why) as string,
      });
    taken.close();
  });
});

describe('cronflow serve --token-file', () => {
  test('writes a token for its user alone, prints nothing of it, and takes the same one again', async () => {
    const own = project();
    const args = ['serve', '--token-file', 'token', '--public-url', 'https://studio.example.org/flows'];
    const served = async () => {
      const call = own.start(args, { env: place(own) });
      await call.says('Press Ctrl-C to stop');
      call.kill('SIGTERM');
      return await call.done;
    };
    const { stdout, code } = await served();
    const token = readFileSync(own.path('token'), 'utf8').trim();
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(statSync(own.path('token')).mode & 0o777).toBe(0o600);
    expect(code).toBe(0);
    expect(stdout).not.toContain(token);
    expect(stdout).toMatch(
      new RegExp(
        `^ {2}https://studio\\.example\\.org/flows/\n\nIt listens on port \\d+ of this machine\\. Open the address through its proxy\\. ` +
          `It asks for the token in ${own.path('token')}\\.`,
        'm',
      ),
    );
    await served();
    expect(readFileSync(own.path('token'), 'utf8').trim()).toBe(token);
  });
});

describe('cronflow studio', () => {
  test.skipIf(process.platform !== 'linux')(
    'without a display says so in one line, and serves the app to the browser',
    async () => {
      const own = project();
      const call = own.start(['studio'], { env: { ...place(own), DISPLAY: '', WAYLAND_DISPLAY: '' } });
      await call.says('?token=');
      expect(call.stdout.split('\n')[0]).toBe('There is no display. Showing the app in the browser instead.');
      call.kill('SIGTERM');
      expect(await call.done).toMatchObject({ code: 0 });
    },
  );

  test.skipIf(process.platform === 'win32')(
    'opens the desktop app where there is one, and ends with its exit code',
    async () => {
      const own = project();
      // Told to be Node, as terminals of some editors are: it must not be passed on.
      const env = { ...place(own), DISPLAY: ':0', STUDIO_ELECTRON: own.path('electron'), ELECTRON_RUN_AS_NODE: '1' };
      own.write('electron', `#!/bin/sh\necho "as node: $ELECTRON_RUN_AS_NODE"; shift; echo "opens $*"; exit 7\n`);
      await new Promise(resolve => spawn('chmod', ['+x', own.path('electron')]).on('exit', resolve));
      const { code, stdout } = await own.cli(['studio', '.'], { env });
      expect({ code, stdout }).toEqual({ code: 7, stdout: `as node: \nopens ${own.folder}\n` });
      expect((await own.cli(['studio', '--trust', '.'], { env })).stdout).toContain(`opens ${own.folder} --trust\n`);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'its runtime, told to be Node, is Node: that is how runs get processes of their own',
    async () => {
      const own = project();
      const { stdout } = await own.cli(['-p', '6 * 7'], { command: [STANDIN], env: { ELECTRON_RUN_AS_NODE: '1' } });
      expect(stdout.trim()).toBe('42');
    },
  );
});

test('cronflow new makes a workspace that can be run', async () => {
  const own = new Project();
  const made = await own.cli(['new', 'fresh'], { env: place(own) });
  expect(made).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^See it with: node \S*cronflow\.mjs studio fresh$/m) as string,
  });
  const [, file = ''] = /cronflow\.mjs run (\S+)/.exec(made.stdout) ?? [];
  // Cronflow has written all that is in it: the Studio does not ask.
  expect(await new FolderTrust(place(own).CRONFLOW_DATA).isTrusted(own.path('fresh'))).toBe(true);
  // Its one failing batch is what the first lesson is about.
  expect(await own.cli(['run', file, '--json'])).toMatchObject({
    code: 1,
    summary: { status: 'failed', batches: { failed: 1 } },
  });
});

test('commands that show no app load nothing of it', async () => {
  const own = project();
  own.write(
    'watch-loads.mjs',
    "import { registerHooks } from 'node:module';\nconst seen = [];\nregisterHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });\nprocess.on('exit', () => { for (const url of seen) if (/\\/host\\/|\\/(bundled|commands)\\/(studio|serve|new|desktop|connect)\\b|node_modules.(ws|sirv|birpc)/.test(url)) console.error(`loaded ${url}`); });\n",
  );
  const loadedBy = async (...args: string[]) => {
    const { code, stderr } = await own.cli(args, {
      command: [process.execPath, '--import', own.path('watch-loads.mjs'), BIN],
      env: place(own),
    });
    const loaded = stderr
      .split('\n')
      .filter(line => line.startsWith('loaded '))
      .map(line => path.basename(line));
    return { code, loaded };
  };
  expect(await loadedBy('runs')).toEqual({ code: 2, loaded: [] });
  expect(await loadedBy('serve', 'nowhere')).toMatchObject({
    code: 2,
    // From its sources under their own names, or built into one with that of the command.
    loaded: expect.arrayContaining([expect.stringMatching(/^(host\.ts|serve-.*\.js)$/)]) as string[],
  });
});
