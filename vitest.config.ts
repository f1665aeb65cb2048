import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-page.ts'],
    setupFiles: ['test/support/set-up.ts'],
    // A process of its own for each file took longer than the tests of most: no file leaves anything behind in the modules it loads.
    isolate: false,
    // Most take milliseconds; those that start processes or a browser may share two cores with others of the kind.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is asked until it is so, on the same busy machine.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
  },
});
