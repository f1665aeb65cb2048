import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PARTS = [
  'bin',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
  'scripts',
  'common',
  'engine',
  'cli',
  'host',
  'electron',
  'renderer',
];

/** In the place of Electron: says what the main process was built from, and stays until it is told to end. */
const APP = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const built = readFileSync(process.argv[2] + '/dist/electron/main.js', 'utf8');
console.log('app: ' + (built.match(/edition (\\d+)/)?.[1] ?? 'as it was') + ' on ' + require('node:path').basename(process.argv[3]));
setInterval(() => {}, 1_000);
`;

/** A checkout of its own, whose sources can be changed. */
function checkout(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-dev-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of PARTS) cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'electron.cjs'), APP);
  chmodSync(path.join(folder, 'electron.cjs'), 0o755);
  return folder;
}

test('a change of a source restarts the desktop app, and one that does not build leaves it as it is', async () => {
  const folder = checkout();
  const main = path.join(folder, 'electron', 'main.ts');
  const dev = spawn(process.execPath, [path.join(folder, 'scripts', 'dev-desktop.ts'), path.join(ROOT, 'examples')], {
    env: { ...process.env, STUDIO_ELECTRON: path.join(folder, 'electron.cjs'), DISPLAY: ':0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void dev.kill());
  let said = '';
  for (const stream of [dev.stdout, dev.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const apps = () => said.match(/^app: .*$/gm);

  await expect.poll(apps, { timeout: 60_000 }).toEqual(['app: as it was on examples']);
  const working = readFileSync(main, 'utf8');
  appendFileSync(main, '\nexport const about = "edition 2";\n');
  await expect.poll(apps, { timeout: 60_000 }).toEqual(['app: as it was on examples', 'app: 2 on examples']);
  appendFileSync(main, '\nexport const wrong: number = "three";\n');
  await expect.poll(() => said, { timeout: 60_000 }).toMatch(/TS2322[^]*Not built: see above/);
  expect(apps()).toHaveLength(2);
  writeFileSync(main, `${working}\nexport const about = "edition 4";\n`);
  await expect.poll(() => apps()?.at(-1), { timeout: 60_000 }).toBe('app: 4 on examples');

  const ended = once(dev, 'exit');
  dev.kill('SIGINT');
  await ended;
});
