import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openQueue, type OpenQueue } from '../../engine/remote/bullmq/open-queue.ts';
import { givenQueue, takeQueueEnvironment } from '../../engine/remote/queue-settings.ts';
import { makeAuthority, whyNoCertificates, type Authority } from '../support/servers/certificates.ts';
import {
  SERVER_KINDS,
  sayWhatIsSkipped,
  startServer,
  whyNoServer,
  type ServerForTest,
  type ServerOptions,
} from '../support/servers/queue-servers.ts';

/* Passwords and TLS, with real servers that ask for them. */

sayWhatIsSkipped('passwords and TLS');
if (whyNoCertificates !== undefined) console.warn(`Skipped, queues with TLS: ${whyNoCertificates}`);

const PASSWORD = 'pass word: 7%';

async function start(kind: (typeof SERVER_KINDS)[number], options: ServerOptions): Promise<ServerForTest> {
  const server = await startServer(kind, options);
  onTestFinished(() => server.close());
  return server;
}

async function open(environment: Record<string, string>): Promise<OpenQueue> {
  const settings = givenQueue(
    undefined,
    takeQueueEnvironment({ CRONFLOW_QUEUE_SECRET: 'the secret of this test', ...environment }),
  );
  if (!settings) throw new Error('No settings');
  return await openQueue(settings, { folder: import.meta.dirname });
}

/** It is open if it can be asked. */
async function expectOpen(environment: Record<string, string>): Promise<void> {
  const queue = await open(environment);
  onTestFinished(() => queue.close());
  expect(await queue.directory.list()).toEqual([]);
}

describe.for(SERVER_KINDS)('%s', kind => {
  describe.skipIf(whyNoServer[kind] !== undefined)('with a real server', () => {
    test('is used with its password, and says when that is wrong or missing', async () => {
      const { url } = await start(kind, { password: PASSWORD });
      await expectOpen({ CRONFLOW_QUEUE: url, CRONFLOW_QUEUE_PASSWORD: PASSWORD });
      const whole = url.replace('//', kind === 'redis' ? `//:${encodeURIComponent(PASSWORD)}@` : '//');
      if (kind === 'redis') await expectOpen({ CRONFLOW_QUEUE: whole });
      else await expectOpen({ CRONFLOW_QUEUE: url.replace('tester@', `tester:${encodeURIComponent(PASSWORD)}@`) });
      await expect(open({ CRONFLOW_QUEUE: url, CRONFLOW_QUEUE_PASSWORD: 'another' })).rejects.toThrow(
        kind === 'redis' ? /Redis does not take the password/ : /PostgreSQL does not let tester in/,
      );
      await expect(open({ CRONFLOW_QUEUE: url })).rejects.toThrow(
        /asks for a password\. Set CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE\./,
      );
    });

    describe.skipIf(whyNoCertificates !== undefined)('and TLS', () => {
      let authority: Authority;
      beforeAll(() => {
        authority = makeAuthority();
      });

      test('is used where its certificate is of the authority that is named, and is not where it is of another one', async () => {
        const { url } = await start(kind, { certificate: authority.certify('localhost'), password: PASSWORD });
        const environment = { CRONFLOW_QUEUE: url, CRONFLOW_QUEUE_PASSWORD: PASSWORD };
        await expectOpen({ ...environment, CRONFLOW_QUEUE_CA_FILE: authority.file });
        await expect(open(environment)).rejects.toThrow(/unable to verify|self.signed|local issuer/i);
        await expect(open({ ...environment, CRONFLOW_QUEUE_CA_FILE: makeAuthority().file })).rejects.toThrow(
          /certificate/,
        );
      });

      test('is not used where its certificate is of another host', async () => {
        const { url } = await start(kind, { certificate: authority.certify('elsewhere.example') });
        await expect(open({ CRONFLOW_QUEUE: url, CRONFLOW_QUEUE_CA_FILE: authority.file })).rejects.toThrow(
          /does not match certificate/,
        );
        // PostgreSQL has a word for who does not mind.
        if (kind === 'postgres')
          await expectOpen({
            CRONFLOW_QUEUE: url.replace('verify-full', 'verify-ca'),
            CRONFLOW_QUEUE_CA_FILE: authority.file,
          });
      });

      test('is not used without TLS', async () => {
        const { url } = await start(kind, { certificate: authority.certify('localhost') });
        const plain = url.replace('rediss:', 'redis:').replace('?sslmode=verify-full', '');
        await expect(open({ CRONFLOW_QUEUE: plain })).rejects.toThrow(/cannot be used/);
      });
    });
  });
});
