import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import type { RunStatus } from '../../common/status.ts';
import { isTold, tellNotices } from '../../engine/runner/notice/notices.ts';
import { parseTarget } from '../../engine/runner/notice/target.ts';
import type { FinishedRun } from '../../engine/store/finished-run.ts';
import { processExists } from '../../engine/store/process-exists.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Who is told of the end of a run: a command or an address, which can do nothing to the run. */

const finished: FinishedRun = {
  run: 7,
  workflow: 'films',
  name: 'Collect films; rm -rf $HOME `id`',
  file: '/a/flow.ts',
  status: 'failed',
  reason: undefined,
  error: 'line one\nline "two"',
  items: { ...noCounts(), total: 30, succeeded: 20, failed: 10 },
  batches: { ...noCounts(), total: 3, succeeded: 2, failed: 1 },
  failedBatches: 1,
  startedAt: 1,
  durationMs: 12,
};

/** A script that is executed by the Node of this test. */
function command(code: string) {
  const folder = temporaryFolder();
  const script = path.join(folder, 'told.cjs');
  writeFileSync(script, code);
  const said: string[] = [];
  const options = { store: '/s/runs.db', folder, onOutput: (text: string) => void said.push(text) };
  return { folder, target: `"${process.execPath}" "${script}" one 'two words' $HOME`, said, options };
}

describe('a command', () => {
  test('gets its words as they are, what the run came to in its environment and on standard input, and no shell', async () => {
    const { folder, target, said, options } = command(`
      const { CRONFLOW_RUN_STATUS: status, CRONFLOW_RUN_NAME: name, CRONFLOW_RUN_ERROR: error } = process.env;
      const numbers = ['', '_ITEMS', '_ITEMS_SUCCEEDED', '_BATCHES', '_FAILED_BATCHES', '_DURATION_MS'].map(key => process.env['CRONFLOW_RUN' + key]);
      const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
      console.log('was told');
      require('fs').writeFileSync('seen.json', JSON.stringify([process.argv.slice(2), status, name, error, numbers, given]));`);
    expect(await tellNotices({ onFailure: target }, finished, false, options)).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(folder, 'seen.json'), 'utf8'))).toEqual([
      ['one', 'two words', '$HOME'],
      'failed',
      finished.name,
      finished.error,
      ['7', '30', '20', '3', '1', '12'],
      JSON.parse(JSON.stringify(finished)),
    ]);
    expect(said.join('')).toBe('was told\n');
  });

  test('that fails, is not there or takes too long says so, and is ended with what it has started', async () => {
    const failing = command(`console.error('no mail server'); process.exit(3);`);
    expect(await tellNotices({ onFailure: failing.target }, finished, false, failing.options)).toEqual([
      expect.stringMatching(/ was to be told of the end of run 7, and failed: it ended with code 3: no mail server\.$/),
    ]);
    const options = { store: '/s', folder: temporaryFolder() };
    expect(await tellNotices({ onFinish: './not-there' }, finished, false, options)).toEqual([
      expect.stringContaining('ENOENT'),
    ]);
    const slow = command(`
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      require('fs').writeFileSync('pid', String(child.pid)); setInterval(() => {}, 1000);`);
    expect(
      await tellNotices({ onFailure: slow.target }, finished, false, { ...slow.options, withinMs: 2_000 }),
    ).toEqual([expect.stringContaining('it took longer than 2 s and was ended')]);
    const started = Number(readFileSync(path.join(slow.folder, 'pid'), 'utf8'));
    await expect.poll(() => processExists(started)).toBe(false);
  });

  test('that reads nothing of what it is told is no failure', async () => {
    const { target, options } = command('process.stdin.destroy();');
    const large = { ...finished, error: 'x'.repeat(1_000_000) };
    expect(await tellNotices({ onFailure: target }, large, false, options)).toEqual([]);
  });
});

describe('a webhook', () => {
  async function server(answer: (response: http.ServerResponse) => void) {
    const bodies: string[] = [];
    const made = http.createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        bodies.push(`${request.method} ${request.headers['content-type']} ${body}`);
        answer(response);
      });
    });
    await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      made.closeAllConnections();
      made.close();
    });
    return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}/hook?of=mine`, bodies };
  }
  const options = { store: '/s', folder: '/' };

  test('is posted what the run came to, as JSON', async () => {
    const { url, bodies } = await server(response => response.end('thanks'));
    expect(await tellNotices({ onFailure: url, onFinish: url }, finished, false, options)).toEqual([]);
    expect(bodies).toEqual(Array(2).fill(`POST application/json ${JSON.stringify(finished)}`));
  });

  test.each([
    ['refuses', (response: http.ServerResponse) => response.writeHead(500).end('no'), 'it answered with 500'],
    [
      'sends elsewhere',
      (response: http.ServerResponse) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      'it answered with 302',
    ],
    ['says nothing', () => undefined, 'it took longer than 0.3 s to answer'],
    ['hangs up', (response: http.ServerResponse) => response.destroy(), 'and failed: '],
  ])('that %s says so', async (_what, answer, why) => {
    const { url } = await server(answer);
    expect(await tellNotices({ onFailure: url }, finished, false, { ...options, withinMs: 300 })).toEqual([
      expect.stringContaining(why),
    ]);
  });
});

test.each([
  ['completed', false, ['onFinish']],
  ['cancelled', false, ['onFinish']],
  ['failed', false, ['onFailure', 'onFinish']],
  ['interrupted', true, ['onFailure', 'onFinish']],
  ['interrupted', false, []],
  ['paused', false, []],
] as const)('of a run that is %s (its process lost: %j), %j is told', (status: RunStatus, isLost, told) => {
  const those = (['onFailure', 'onFinish'] as const).filter(when => isTold({ [when]: 'x' }, { status }, isLost));
  expect(those).toEqual(told);
});

test.each([
  ['notify', ['notify']],
  [`  a  "b c" d'e f'g "" `, ['a', 'b c', 'de fg', '']],
  ['echo $HOME | cat > x; y && z', ['echo', '$HOME', '|', 'cat', '>', 'x;', 'y', '&&', 'z']],
  [`"C:\\Program Files\\x.exe" -a`, ['C:\\Program Files\\x.exe', '-a']],
])('%j is words, of which none has another meaning', (given, argv) => {
  expect(parseTarget(given)).toEqual({ kind: 'command', argv });
});

test.each([
  ['', 'It is empty'],
  ['  ', 'It is empty'],
  ['"" a', 'It is empty'],
  ['a "b', 'a quote is not closed'],
  ['http://', 'is not an address'],
])('%j is refused', (given, message) => {
  expect(() => parseTarget(given)).toThrow(message);
});
