import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/free-port.ts';
import { blocksOf } from '../examples/guide.ts';

/* nginx, with the configuration that docs/server.md shows its readers. */

const works = (program: string, flag: string) => spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;

/** Why it cannot be tested here, in a sentence; undefined when it can. For `test.skipIf`, and to be said aloud. */
export const whyNoNginx = !works('nginx', '-v')
  ? 'nginx is not installed (apt-get install nginx-light).'
  : works('openssl', 'version')
    ? undefined
    : 'openssl, which makes a certificate for the test, is not installed.';

const NAME = 'studio.localhost';

export interface Nginx {
  /** Without a path. */
  readonly origin: string;
  /** The address without TLS, which leads to the other. */
  readonly plainOrigin: string;
  /** What it has logged. */
  log(): string;
  close(): Promise<void>;
}

/**
 * @param ports Of the origin that browsers use, and of the server behind it
 * @param change To the configuration, as somebody might write it otherwise
 */
export async function startNginx(
  ports: { readonly tls: number; readonly server: number },
  change: (configuration: string) => string = same => same,
): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-nginx-'));
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at('temp'));
  const plain = await freePort();
  makeCertificate(at('studio.key'), at('studio.pem'));
  writeFileSync(
    at('nginx.conf'),
    `daemon off; pid ${at('pid')}; error_log stderr; worker_processes 1;
events {}
http {
  access_log ${at('access.log')};
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${at('temp')};`).join('\n  ')}
  ${change(configurationOnPage())
    .replaceAll('studio.example.org', NAME)
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${ports.tls} ssl;`)
    .replace('127.0.0.1:8080', `127.0.0.1:${ports.server}`)
    .replaceAll('/etc/ssl/', `${folder}/`)}
}
`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', at('nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>(resolve => nginx.once('exit', () => resolve()));
  const isUp = async () =>
    await fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' })
      .then(() => true)
      .catch(() => false);
  while (!(await isUp())) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return {
    origin: `https://${NAME}:${ports.tls}`,
    plainOrigin: `http://127.0.0.1:${plain}`,
    log: () => readFileSync(at('access.log'), 'utf8') + said,
    close: async () => {
      nginx.kill('SIGQUIT');
      const timer = setTimeout(() => nginx.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configurationOnPage(): string {
  const page = readFileSync(new URL('../../docs/server.md', import.meta.url), 'utf8');
  const [block] = blocksOf(page).filter(({ language }) => language === 'nginx');
  if (!block) throw new Error('docs/server.md shows no configuration of nginx.');
  return block.text;
}

function makeCertificate(key: string, certificate: string): void {
  const options = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '1',
    '-subj',
    `/CN=${NAME}`,
  ];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}
