import { defineConfig } from 'vitest/config';

/*
 * Three projects, told apart by the ending of a file's name. A test belongs to the fastest one that can show the fault.
 *
 * - unit, `name.test.ts`: starts no process, no server and no browser, and needs no build.
 * `test/support/no-processes.ts` holds it to that.
 * - process, `name.process.test.ts`: starts processes or servers, or searches for longer than a unit test may.
 * - browser, `name.browser.test.ts`: opens a page in Chromium, or the desktop app.
 */

/** For tests that start processes: they may share two cores with others of the kind. */
const PATIENT = {
  globalSetup: ['test/support/build-page.ts'],
  // Starting a process for each file takes longer than many of the tests: no file leaves anything behind in the modules it loads.
  isolate: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // What is polled for may take its time on a busy machine.
  expect: { poll: { timeout: 30_000 } },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.process.test.ts', 'test/**/*.browser.test.ts'],
          setupFiles: ['test/support/set-up.ts', 'test/support/no-processes.ts'],
          isolate: true,
          testTimeout: 5_000,
          hookTimeout: 5_000,
          execArgv: ['--expose-gc'],
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['test/**/*.process.test.ts'],
          setupFiles: ['test/support/set-up.ts'],
          ...PATIENT,
          execArgv: ['--expose-gc'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          setupFiles: ['test/support/set-up.ts'],
          ...PATIENT,
          execArgv: ['--expose-gc'],
        },
      },
    ],
  },
});
