import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { ensureBuilt } from '../support/built.ts';
import { Call } from '../support/call.ts';
import { dependenciesOf } from '../support/installed.ts';
import { whyNoOtherUser } from '../support/other-user.ts';
import { Project } from '../support/project.ts';

/* What deploy/ has for servers. Neither Docker nor systemd runs on most machines that run tests: what they do is done here by hand. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(path.join(ROOT, 'deploy', name), 'utf8');
const works = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** The command of the image, and that of deploy/compose.yaml. */
const IMAGE = JSON.parse(/^CMD (\[.*\])$/m.exec(read('Dockerfile'))?.[1] ?? '[]') as string[];
const COMPOSED = [
  ...(read('compose.yaml').split('command:')[1]?.split('ports:')[0] ?? '').matchAll(/^ {6}- (.+)$/gm),
].map(([, word = '']) => word);

const USER = 10_001;
/** A user, a mount namespace: as the image has them. */
const hasNamespaces = works('unshare', '--mount', 'setpriv', `--reuid=${USER}`, '--clear-groups', 'true');
const whyNot =
  whyNoOtherUser(USER) ??
  (hasNamespaces ? undefined : 'only Linux has mounts that one process sees, with a root that cannot be written');
if (whyNot !== undefined) console.warn(`Skipped, the server as in its image: ${whyNot}.`);

describe('deploy/', () => {
  test('names files and folders that are there, and the user that the tests are of', () => {
    expect(read('Dockerfile')).toContain(`USER ${USER}:${USER}`);
    expect(read('compose.yaml')).toContain('dockerfile: deploy/Dockerfile');
    const [, bin = ''] =
      /ENTRYPOINT \["node", "\/opt\/cronflow\/node_modules\/cronflow\/(.*)"\]/.exec(read('Dockerfile')) ?? [];
    expect(existsSync(path.join(ROOT, bin))).toBe(true);
    expect(read('cronflow.service')).toContain(`node_modules/cronflow/${bin} serve`);
    expect(read('cronflow-worker.service')).toContain(`node_modules/cronflow/${bin} work`);
  });

  test.skipIf(!works('systemd-analyze', '--version')).for(['cronflow.service', 'cronflow-worker.service'])(
    'has a unit that systemd understands, and finds confined: %s',
    name => {
      const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-unit-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const unit = path.join(folder, name);
      cpSync(path.join(ROOT, 'deploy', name), unit);
      const analyze = (...args: string[]) => {
        const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, unit], { encoding: 'utf8' });
        return { status, said: stdout + stderr };
      };
      // What is not installed here: Node in the place of a server's.
      const faults = analyze('verify', '--man=no')
        .said.split('\n')
        .filter(line => line.includes(unit) || line.includes('Unknown'));
      expect(faults.filter(line => !line.includes('/usr/bin/node is not executable'))).toEqual([]);
      // From 0 to 10: the fewer the better. It fails above 2.
      expect(analyze('security', '--offline=yes', '--threshold=20')).toMatchObject({ status: 0 });
    },
  );

  test.skipIf(whyNot !== undefined)(
    'the image’s command, as another user behind a root that cannot be written: serves, runs a workflow, writes into its volume only',
    async () => {
      await ensureBuilt();
      const image = asImage();
      const port = await freePort();
      const args = IMAGE.map(word => image.at(word).replace('8080', String(port)));
      const call = new Call([...args, '--json'], {
        cwd: image.at('/workflows'),
        command: image.command,
        env: {
          CRONFLOW_DATA: image.at('/data/settings'),
          HOME: image.at('/data'),
          TMPDIR: image.at('/tmp'),
          NODE_COMPILE_CACHE: '',
        },
      });
      onTestFinished(async () => {
        call.kill('SIGKILL');
        await call.done;
        image.remove();
      });
      await call.says('"event":"serving"');
      const token = readFileSync(image.at('/data/token'), 'utf8').trim();
      const { url } = JSON.parse(call.stdout) as { url: string };
      expect(url).toBe(`http://localhost:${port}/`);
      const entered = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ token }),
        headers: { origin: new URL(url).origin },
        redirect: 'manual',
      });
      const page = await fetch(url, { headers: { cookie: entered.headers.getSetCookie()[0]?.split(';')[0] ?? '' } });
      expect(await page.text()).toContain('<title>Cronflow Studio</title>');

      const run = new Call(['run', image.at('/workflows/flow.ts'), '--store', image.at('/data/runs.db'), '--json'], {
        cwd: image.at('/workflows'),
        command: image.command,
        env: {
          CRONFLOW_DATA: image.at('/data/settings'),
          HOME: image.at('/data'),
          TMPDIR: image.at('/tmp'),
          NODE_COMPILE_CACHE: '',
        },
      });
      expect(await run.done).toMatchObject({ code: 0, stderr: '', summary: { output: [USER, 'EROFS'] } });
      call.kill('SIGTERM');
      expect(await call.done).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('the commands of the image and of the compose file are accepted', async () => {
    expect(IMAGE.slice(0, 2)).toEqual(['serve', '/workflows']);
    expect(COMPOSED.slice(0, 2)).toEqual(['serve', '/workflows']);
    const project = new Project({ 'flow.ts': Project.workflow("cronflow.define({ id: 'a' }).step('b', () => 1);") });
    for (const command of [IMAGE, COMPOSED]) {
      const args = command.map(word =>
        word
          .replace('/workflows', '.')
          .replace('/data/', `${project.folder}/`)
          .replace(/^(--port=)?8080$/, '$10'),
      );
      const call = project.start([...args, '--json'], { env: { CRONFLOW_DATA: project.path('.data') } });
      await call.says('"event":"serving"');
      call.kill('SIGTERM');
      expect(await call.done).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test.skipIf(!works('docker', 'info'))('the Dockerfile is understood by Docker', () => {
    const { status, stderr } = spawnSync('docker', ['build', '--check', '-f', 'deploy/Dockerfile', '.'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toContain('no warnings');
    expect(status).toBe(0);
  });
});

/** A folder with what the image has at `/`, and what a command in a container begins with. */
function asImage() {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-image-'));
  const at = (place: string) => (place.startsWith('/') ? path.join(folder, place) : place);
  chmodSync(folder, 0o755);
  for (const made of ['/data', '/tmp', '/workflows', '/opt/cronflow/node_modules/cronflow'])
    mkdirSync(at(made), { recursive: true });
  chownSync(at('/data'), USER, USER);
  chownSync(at('/tmp'), USER, USER);
  const installed = at('/opt/cronflow/node_modules/cronflow');
  for (const part of ['bin', 'dist', 'out', 'package.json'])
    cpSync(path.join(ROOT, part), path.join(installed, part), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of dependenciesOf(Object.keys(dependencies)))
    cpSync(path.join(ROOT, 'node_modules', name), at(`/opt/cronflow/node_modules/${name}`), { recursive: true });
  cpSync(
    new Project({
      'flow.ts': `import { cronflow } from 'cronflow';
import { writeFileSync } from 'node:fs';
cronflow.define({ id: 'who' }).step('who', () => {
  try {
    writeFileSync(new URL('./written.txt', import.meta.url), '');
  } catch (error) {
    return [process.getuid?.(), (error as NodeJS.ErrnoException).code];
  }
  return 'It could write beside the workflow.';
});
`,
    }).path('flow.ts'),
    at('/workflows/flow.ts'),
  );
  // The root becomes read-only in a mount namespace of the command alone, but for the volume and /tmp.
  const script = [
    `mount --bind ${folder}/data ${folder}/data && mount --bind ${folder}/tmp ${folder}/tmp`,
    `mount --bind / / 2>/dev/null; mount -o remount,bind,ro /`,
    'cd "$PWD" && exec "$@"',
  ].join(' && ');
  const other = [
    'setpriv',
    `--reuid=${USER}`,
    `--regid=${USER}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  const command = [
    'unshare',
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    ...other,
    process.execPath,
    path.join(installed, 'bin', 'cronflow.mjs'),
  ];
  return { at, command, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
