import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseQueueAddress, shownAddress } from '../../engine/remote/queue-address.ts';
import { givenQueue, queueOfFolder, queueSettings, takeQueueEnvironment } from '../../engine/remote/queue-settings.ts';

const SECRET = 'sixteen letters!';

const takeQueueSettings = (option: string | undefined, environment: Record<string, string | undefined>) =>
  givenQueue(option, takeQueueEnvironment(environment));

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

describe('the queue of a folder', () => {
  const folderWith = (text: string | undefined) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-settings-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    if (text !== undefined) writeFileSync(path.join(folder, 'cronflow.json'), text);
    return folder;
  };

  test('stands in the settings of its project, beside the .cronflow or the package.json of that', () => {
    const folder = folderWith('{ "queue": "postgres://me@db/jobs" }');
    const flows = path.join(folder, 'flows');
    mkdirSync(flows);
    expect(queueOfFolder(flows)).toBeUndefined();
    writeFileSync(path.join(folder, 'package.json'), '{}');
    expect(queueOfFolder(flows)).toMatchObject({
      address: { kind: 'postgres', host: 'db', user: 'me' },
      from: path.join(folder, 'cronflow.json'),
    });
    // A project of its own has settings of its own.
    mkdirSync(path.join(flows, '.cronflow'));
    expect(queueOfFolder(flows)).toBeUndefined();
  });

  test('there is none where nothing names one', () => {
    expect(queueOfFolder(folderWith(undefined))).toBeUndefined();
    expect(queueOfFolder(folderWith('\uFEFF{}'))).toBeUndefined();
  });

  test('is used with the password and the secret of the environment', () => {
    const named = queueOfFolder(folderWith('{ "queue": "redis://db" }'));
    const given = takeQueueEnvironment({ CRONFLOW_QUEUE_PASSWORD: 'word', CRONFLOW_QUEUE_SECRET: SECRET });
    expect(named && queueSettings(named, given)).toMatchObject({ address: { password: 'word' }, secret: SECRET });
    const none = takeQueueEnvironment({});
    expect(() => named && queueSettings(named, none)).toThrow(
      /^The queue at redis:\/\/db:6379 \(from .*cronflow\.json\) needs a secret/,
    );
  });

  test.for([
    ['a password', '{ "queue": "redis://:topsecret@db" }', 'holds a password', 'CRONFLOW_QUEUE_PASSWORD_FILE'],
    ['another address', '{ "queue": "amqp://topsecret" }', 'The address of the queue begins with amqp:', 'redis://'],
    ['a number', '{ "queue": 6379 }', 'is not a text', '{ "queue": "redis://host:6379" }'],
    ['a setting that is none', '{ "quue": "topsecret" }', 'has the setting "quue"', 'It can have queue'],
    ['a list', '[]', 'is not an object', '{ "queue": "redis://host:6379" }'],
    ['what is not JSON', '{ "queue": redis://:topsecret@db }', "is not JSON: Unexpected token 'r'", 'It looks like'],
    ['half of a file', '{ "queue": "redis://:topsecret@', 'is not JSON: Unterminated string', 'It looks like'],
  ] as const)(
    '%s is refused with the file, the reason and the next step, and repeats no secret',
    ([, text, reason, next]) => {
      const folder = folderWith(text);
      expect(() => queueOfFolder(folder)).toThrow(path.join(folder, 'cronflow.json'));
      expect(() => queueOfFolder(folder)).toThrow(reason);
      expect(() => queueOfFolder(folder)).toThrow(next);
      expect(() => queueOfFolder(folder)).toThrow(/^(?!.*topsecret)/s);
    },
  );

  test('is refused where the file is none that can be read', () => {
    const folder = folderWith(undefined);
    mkdirSync(path.join(folder, 'cronflow.json'));
    expect(() => queueOfFolder(folder)).toThrow(/cronflow\.json cannot be read: .*is a folder, not a file/);
  });

  // Only root can give a file away.
  test.runIf(process.getuid?.() === 0)('is refused where another user has put the file', () => {
    const folder = folderWith('{ "queue": "redis://theirs" }');
    chownSync(path.join(folder, 'cronflow.json'), 12_345, 12_345);
    expect(() => queueOfFolder(folder)).toThrow('belongs to another user');
  });
});
