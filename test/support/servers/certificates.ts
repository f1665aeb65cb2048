import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEachFile } from '../cleaning.ts';

const folders: string[] = [];
afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Why there are none, in a sentence; undefined when they can be made. */
export const whyNoCertificates =
  spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0 ? undefined : 'openssl is not installed.';

export interface Authority {
  /** Its own certificate, which clients trust. */
  readonly file: string;
  /** A certificate for a host. */
  certify(host: string): { readonly key: string; readonly certificate: string };
}

/** An authority of its own, as a company has one. */
export function makeAuthority(): Authority {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-certificates-'));
  folders.push(folder);
  const at = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', at(`${name}.key`)];
  openssl('req', '-x509', ...key('ca'), '-out', at('ca.pem'), '-days', '1', '-subj', '/CN=An authority of this test');
  return {
    file: at('ca.pem'),
    certify: host => {
      openssl('req', ...key(host), '-out', at(`${host}.csr`), '-subj', `/CN=${host}`);
      writeFileSync(at(`${host}.ext`), `subjectAltName=DNS:${host}\n`);
      const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at(`${host}.ext`)];
      openssl('x509', '-req', '-in', at(`${host}.csr`), ...signing, '-out', at(`${host}.pem`), '-days', '1');
      return { key: at(`${host}.key`), certificate: at(`${host}.pem`) };
    },
  };
}
