import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * npm run test:faults: all faults, those that take long too, and the table of what came of them. With --write it goes into
 * docs/reliability.md. Other arguments are vitest's.
 */

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const args = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [
    at('../../node_modules/vitest/vitest.mjs'),
    'run',
    'test/faults',
    '--reporter=default',
    `--reporter=${at('./reporter.ts')}`,
    '--maxWorkers=2',
    ...args.filter(arg => arg !== '--write'),
  ],
  {
    stdio: 'inherit',
    cwd: at('../../'),
    env: { ...process.env, CRONFLOW_FAULTS: 'all', ...(args.includes('--write') && { CRONFLOW_FAULTS_WRITE: '1' }) },
  },
);
child.on('exit', code => {
  process.exitCode = code ?? 1;
});
