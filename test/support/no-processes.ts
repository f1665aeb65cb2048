import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/* Vitest runs this for every file of the project `unit`: a test that starts a process belongs to another project. */

for (const name of ['spawn', 'spawnSync', 'fork', 'exec', 'execSync', 'execFile', 'execFileSync'] as const) {
  Reflect.set(childProcess, name, () => {
    throw new Error(
      `A unit test called ${name} of node:child_process. Name its file *.process.test.ts or *.browser.test.ts: vitest.config.ts has the rule.`,
    );
  });
}
syncBuiltinESMExports();
