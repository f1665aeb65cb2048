import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/*
 * npm run test:fuzz -- [--runs 10000] [--seed 17]: searches longer than `npm test` does, and with another seed each
 * time. What fails prints the seed that repeats it. Other arguments are vitest's.
 */

const { values, tokens } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' } },
  strict: false,
  tokens: true,
});
const seed = String(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const passedOn = tokens
  .filter(token => token.kind === 'option' && token.name !== 'runs' && token.name !== 'seed')
  .map(({ index }) => process.argv[index + 2] ?? '');

console.log(`Searches with --runs ${String(values.runs)} --seed ${seed}`);
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url)), 'run', 'test/fuzz', ...passedOn],
  {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { ...process.env, FUZZ_RUNS: String(values.runs), FUZZ_SEED: seed },
  },
);
child.on('exit', code => {
  process.exitCode = code ?? 1;
});
