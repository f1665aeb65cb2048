import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { COMMANDS } from '../../cli/command-table.ts';
import { main } from '../../cli/main.ts';

const FILE = fileURLToPath(new URL('../../engine/store/queries.ts', import.meta.url));

test('an error that nobody foresaw is reported as a defect of Cronflow, in one message and not as a stack', async () => {
  const ours = Object.assign(new TypeError('Cannot read properties of undefined'), {
    stack: `TypeError: Cannot read properties of undefined\n    at listRuns (${FILE}:37:14)\n    at node:internal/x:1:1`,
  });
  const runs = { usage: 'runs', help: '', load: async () => () => Promise.reject(ours) };
  let said = '';
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said += String(text);
    return true;
  });
  try {
    expect(await main(['runs'], { ...COMMANDS, runs })).toBe(2);
  } finally {
    stderr.mockRestore();
  }
  expect(said).toBe(
    `Cannot read properties of undefined. This is a defect of Cronflow (at listRuns (${FILE}:37:14)); please report it.\n`,
  );
});
