import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Two cores: the tests that start processes of their own should not all do so at once.
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
  },
});
