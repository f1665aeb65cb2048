import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { main } from '../../cli/engine-main.ts';
import { commands } from '../../cli/commands/list.ts';

const FILE = fileURLToPath(new URL('../../engine/store/queries.ts', import.meta.url));

test('what nobody foresaw is told as a defect of ours, in one message and not as a stack', async () => {
  const ours = Object.assign(new TypeError('Cannot read properties of undefined'), {
    stack: `TypeError: Cannot read properties of undefined\n    at listRuns (${FILE}:37:14)\n    at node:internal/x:1:1`,
  });
  const runs = vi.spyOn(commands as { runs: () => Promise<number> }, 'runs').mockRejectedValue(ours);
  let said = '';
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said += String(text);
    return true;
  });
  try {
    expect(await main(['runs'])).toBe(2);
  } finally {
    stderr.mockRestore();
    runs.mockRestore();
  }
  expect(said).toBe(
    `Cannot read properties of undefined. This is a defect of Cronflow (at listRuns (${FILE}:37:14)); please report it.\n`,
  );
});
