import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDesktop } from '../cli/commands/desktop.ts';

/*
 * npm run dev:desktop -- [folder]: the desktop app, built again and restarted whenever a source changes. What does not
 * build leaves the app as it is. For work on the page alone npm run dev is faster: it shows a change without a restart.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? path.join(root, 'examples'));
/** An editor saves several files at once, and writes each more than once. */
const QUIET_MS = 150;

/** What each part is built by, and from what. */
const PARTS = {
  main: { sources: ['electron', 'host', 'cli', 'engine', 'common'], command: ['tsc', '-p', 'tsconfig.build.json'] },
  page: { sources: ['renderer', 'common', 'electron'], command: ['vite', 'build', '--logLevel', 'warn'] },
} as const;
type Part = keyof typeof PARTS;
const ALL = Object.keys(PARTS) as Part[];

const changed = new Set<Part>(ALL);
let app: ChildProcess | undefined;
let isBuilding = false;
let timer: NodeJS.Timeout | undefined;

for (const source of new Set(ALL.flatMap(part => PARTS[part].sources))) {
  watch(path.join(root, source), { recursive: true }, () => {
    for (const part of ALL) if ((PARTS[part].sources as readonly string[]).includes(source)) changed.add(part);
    clearTimeout(timer);
    timer = setTimeout(() => void buildAndStart(), QUIET_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The app pauses its runs, and then we end with it.
    if (app === undefined) process.exit(0);
    else app.kill(signal);
  });
}
await buildAndStart();

async function buildAndStart(): Promise<void> {
  if (isBuilding) return;
  isBuilding = true;
  while (changed.size > 0) {
    const parts = [...changed];
    changed.clear();
    const codes = await Promise.all(parts.map(build));
    if (changed.size > 0) continue;
    if (codes.every(code => code === 0)) await restart();
    else console.log('\nNot built: see above. The app is left as it is until the next change.');
  }
  isBuilding = false;
}

async function build(part: Part): Promise<number | null> {
  const [program, ...args] = PARTS[part].command;
  const bin = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${program}.cmd` : program);
  const child = spawn(bin, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

async function restart(): Promise<void> {
  const desktop = await findDesktop(console.log);
  if ('why' in desktop) {
    console.error(`${desktop.why} The Studio in the browser needs no Electron: npm run dev`);
    process.exit(1);
  }
  if (app) {
    app.removeAllListeners('exit');
    const ended = once(app, 'exit');
    app.kill();
    await ended;
  }
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  app = spawn(desktop.electron, [root, folder], { stdio: 'inherit', env });
  // Closed by its user, who is done.
  app.on('exit', code => process.exit(code ?? 0));
}
