import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseQueueAddress, shownAddress } from '../../engine/remote/queue-address.ts';
import { takeQueueSettings } from '../../engine/remote/queue-settings.ts';

const SECRET = 'sixteen letters!';

describe('the address of a queue', () => {
  test.for([
    ['redis://db', { kind: 'redis', host: 'db', port: 6379, database: 0, tls: 'none' }],
    ['redis://me@db:1/3', { kind: 'redis', host: 'db', port: 1, database: 3, user: 'me' }],
    ['rediss://:p%40ss@[::1]', { host: '::1', password: 'p@ss', tls: 'certificate-and-name' }],
    [
      'postgres://me:it@db/my%20jobs',
      { kind: 'postgres', port: 5432, database: 'my jobs', user: 'me', password: 'it' },
    ],
    ['postgresql://db/jobs?sslmode=verify-ca', { kind: 'postgres', tls: 'certificate' }],
    ['postgres://db/jobs?sslmode=require', { tls: 'certificate-and-name' }],
  ] as const)('%s is understood', ([text, parts]) => {
    expect(parseQueueAddress(text)).toMatchObject(parts);
  });

  test.for([
    ['what', 'is not a URL'],
    ['amqp://db', 'begins with amqp:, which is none of its kinds'],
    ['redis://', 'names no host'],
    ['redis://db/jobs', 'The database of the queue is jobs; that of Redis is a number'],
    ['redis://db?tls=1', 'has the parameter tls'],
    ['postgres://db', 'names no database'],
    ['postgres://db/jobs?sslmode=prefer', 'The sslmode of the queue is prefer; it can be disable, require'],
    ['postgres://db/jobs?ssl=1', 'has the parameter ssl; it can have sslmode'],
  ] as const)('%s is refused: it %s', ([text, message]) => {
    expect(() => parseQueueAddress(text)).toThrow(message);
  });

  test('is shown without its password', () => {
    const shown = (text: string) => shownAddress(parseQueueAddress(text));
    expect(shown('redis://me:secret@db')).toBe('redis://me@db:6379');
    expect(shown('rediss://:secret@[::1]:1/2')).toBe('rediss://[::1]:1/2');
    expect(shown('postgresql://me:secret@db/jobs')).toBe('postgres://me@db:5432/jobs');
  });
});

describe('the settings of a queue', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-queue-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const fileWith = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('there are none where nobody names a queue', () => {
    expect(takeQueueSettings(undefined, { CRONFLOW_QUEUE_SECRET: SECRET })).toBeUndefined();
    expect(takeQueueSettings(undefined, { CRONFLOW_QUEUE: '' })).toBeUndefined();
  });

  test('come of the environment, which nobody who is started later sees', () => {
    const environment = {
      CRONFLOW_QUEUE: 'postgres://me@db/jobs',
      CRONFLOW_QUEUE_PASSWORD: 'word',
      CRONFLOW_QUEUE_SECRET: SECRET,
      HOME: '/home/me',
    };
    expect(takeQueueSettings(undefined, environment)).toMatchObject({
      address: { host: 'db', user: 'me', password: 'word' },
      secret: SECRET,
    });
    expect(environment).toEqual({ HOME: '/home/me' });
  });

  test('are taken out of the environment also where there is no queue', () => {
    const environment = { CRONFLOW_QUEUE_PASSWORD: 'word', CRONFLOW_QUEUE_SECRET: SECRET };
    takeQueueSettings(undefined, environment);
    expect(environment).toEqual({});
  });

  test('--queue is preferred to the environment', () => {
    const given = takeQueueSettings('redis://here', { CRONFLOW_QUEUE: 'redis://there', CRONFLOW_QUEUE_SECRET: SECRET });
    expect(given?.address.host).toBe('here');
  });

  test('passwords, secrets and certificates come of files, without the end of their last line', () => {
    const given = takeQueueSettings('postgres://me@db/jobs', {
      CRONFLOW_QUEUE_PASSWORD_FILE: fileWith('password', 'pass word\n'),
      CRONFLOW_QUEUE_SECRET_FILE: fileWith('secret', `${SECRET}\r\n`),
      CRONFLOW_QUEUE_CA_FILE: fileWith('ca', 'PEM\n'),
    });
    expect(given).toMatchObject({ address: { password: 'pass word' }, secret: SECRET, ca: 'PEM' });
    // Who names an authority wants TLS.
    expect(given?.address.tls).toBe('certificate-and-name');
  });

  test.for([
    ['a password in the arguments', 'redis://:word@db', { CRONFLOW_QUEUE_SECRET: SECRET }, '--queue holds a password'],
    ['no secret', 'redis://db', {}, 'openssl rand -hex 24'],
    ['a short secret', 'redis://db', { CRONFLOW_QUEUE_SECRET: 'short' }, 'has 5 characters, and needs at least 16'],
    [
      'two passwords',
      undefined,
      { CRONFLOW_QUEUE: 'redis://:a@db', CRONFLOW_QUEUE_PASSWORD: 'b', CRONFLOW_QUEUE_SECRET: SECRET },
      'is given twice',
    ],
    [
      'two secrets',
      'redis://db',
      { CRONFLOW_QUEUE_SECRET: SECRET, CRONFLOW_QUEUE_SECRET_FILE: '/x' },
      'Both CRONFLOW_QUEUE_SECRET and CRONFLOW_QUEUE_SECRET_FILE are set',
    ],
    [
      'a file that is not there',
      'redis://db',
      { CRONFLOW_QUEUE_SECRET_FILE: '/not/there' },
      'CRONFLOW_QUEUE_SECRET_FILE cannot be read',
    ],
    [
      'an authority without TLS',
      'redis://db',
      { CRONFLOW_QUEUE_SECRET: SECRET, CRONFLOW_QUEUE_CA_FILE: import.meta.filename },
      'begins with rediss://',
    ],
  ] as const)('%s is refused', ([, option, environment, message]) => {
    expect(() => takeQueueSettings(option, { ...environment })).toThrow(message);
  });

  test('no refusal repeats a password', () => {
    for (const text of [
      'redis://:topsecret@',
      'redis:topsecret@db',
      '//:topsecret@db',
      'postgres://u:topsecret@db?x=1',
    ])
      expect(() => takeQueueSettings(text, { CRONFLOW_QUEUE_SECRET: SECRET })).toThrow(/^(?!.*topsecret)/);
  });
});
