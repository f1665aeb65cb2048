import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/*
 * Three projects, told apart by the ending of a file's name, are `npm test`. A test belongs to the fastest one that can
 * show the fault.
 *
 * - unit, `name.test.ts`: starts no process, no server and no browser, and needs no build.
 *   `test/support/no-processes.ts` holds it to that.
 * - process, `name.process.test.ts`: starts processes or servers, or searches for longer than a unit test may.
 * - browser, `name.browser.test.ts`: opens a page in Chromium.
 *
 * What would take `npm test` past five minutes on two cores has a project and a command of its own, which `.ci/run`
 * runs too.
 */
const LANES = {
  /** `npm run test:desktop` */
  desktop: ['test/electron/*.browser.test.ts'],
  /** `npm run test:faults` */
  faults: ['test/faults/*.process.test.ts'],
  /** `npm run test:fuzz` */
  fuzz: ['test/fuzz/*.process.test.ts'],
  /** `npm run test:slow` */
  slow: [
    'test/attack/arguments.process.test.ts',
    'test/attack/compile-cache.process.test.ts',
    'test/attack/hostile-page.browser.test.ts',
    'test/attack/links.process.test.ts',
    'test/attack/looked-at-folder.process.test.ts',
    'test/attack/server.process.test.ts',
    'test/attack/shown.browser.test.ts',
    'test/attack/special-files.process.test.ts',
    'test/attack/terminal.process.test.ts',
    'test/cli/bad-file.process.test.ts',
    'test/cli/bad-store.process.test.ts',
    'test/cli/cancel-batch.process.test.ts',
    'test/cli/climb.process.test.ts',
    'test/cli/code-or-data.process.test.ts',
    'test/cli/debug.process.test.ts',
    'test/cli/find-planted.process.test.ts',
    'test/cli/find-watch.process.test.ts',
    'test/cli/find.process.test.ts',
    'test/cli/fresh-node.process.test.ts',
    'test/cli/pin.process.test.ts',
    'test/cli/set-aside.process.test.ts',
    'test/cli/shown-text.process.test.ts',
    'test/cli/shrink.process.test.ts',
    'test/cli/values.process.test.ts',
    'test/crash/crash.process.test.ts',
    'test/crash/effects.process.test.ts',
    'test/crash/every-commit.process.test.ts',
    'test/crash/harness.process.test.ts',
    'test/crash/rerun-in-pages.process.test.ts',
    'test/crash/set-aside.process.test.ts',
    'test/crash/subflow.process.test.ts',
    'test/crash/waits.process.test.ts',
    'test/docs/errors-page.process.test.ts',
    'test/examples/docs.process.test.ts',
    'test/host/check-items.process.test.ts',
    'test/host/connect.process.test.ts',
    'test/host/debug-batch.process.test.ts',
    'test/host/find-items.process.test.ts',
    'test/host/interrupted.process.test.ts',
    'test/host/line-values.process.test.ts',
    'test/host/pin-item.process.test.ts',
    'test/host/queued-question.process.test.ts',
    'test/host/runs.process.test.ts',
    'test/host/trust.process.test.ts',
    'test/host/workspace.process.test.ts',
    'test/program/run.process.test.ts',
    'test/remote/faults/*.process.test.ts',
    'test/remote/frozen-server.process.test.ts',
    'test/remote/goes-on.process.test.ts',
    'test/remote/tls.process.test.ts',
    'test/remote/work.process.test.ts',
    'test/run/in-common-seeds.process.test.ts',
    'test/run/process-identity.process.test.ts',
    'test/run/process-namespaces.process.test.ts',
    'test/run/properties.process.test.ts',
    'test/scripts/dev-desktop.process.test.ts',
    'test/serve/dev.browser.test.ts',
    'test/serve/installed.process.test.ts',
    'test/serve/package.process.test.ts',
    'test/serve/security.process.test.ts',
    'test/store/many-runs.process.test.ts',
    'test/studio/accessibility.browser.test.ts',
    'test/studio/accessible-states.browser.test.ts',
    'test/studio/addresses.browser.test.ts',
    'test/studio/attempts.browser.test.ts',
    'test/studio/climb.browser.test.ts',
    'test/studio/code-frame.browser.test.ts',
    'test/studio/colour-by-data.browser.test.ts',
    'test/studio/compare.browser.test.ts',
    'test/studio/debug-batch.browser.test.ts',
    'test/studio/effects-and-amounts.browser.test.ts',
    'test/studio/error-card.browser.test.ts',
    'test/studio/find-items.browser.test.ts',
    'test/studio/graph-readable.browser.test.ts',
    'test/studio/interrupted.browser.test.ts',
    'test/studio/items-table.browser.test.ts',
    'test/studio/keys.browser.test.ts',
    'test/studio/log-events.browser.test.ts',
    'test/studio/logs.browser.test.ts',
    'test/studio/map-zoom.browser.test.ts',
    'test/studio/odd.browser.test.ts',
    'test/studio/panels.browser.test.ts',
    'test/studio/pin-item.browser.test.ts',
    'test/studio/playback.browser.test.ts',
    'test/studio/presentation.browser.test.ts',
    'test/studio/queued-reruns.browser.test.ts',
    'test/studio/renamed.browser.test.ts',
    'test/studio/restarted.browser.test.ts',
    'test/studio/rows-by-keyboard.browser.test.ts',
    'test/studio/run-control.browser.test.ts',
    'test/studio/run-form.browser.test.ts',
    'test/studio/run-list.browser.test.ts',
    'test/studio/selection.browser.test.ts',
    'test/studio/set-aside.browser.test.ts',
    'test/studio/sidebar.browser.test.ts',
    'test/studio/small-window.browser.test.ts',
    'test/studio/stopping.browser.test.ts',
    'test/studio/stuck.browser.test.ts',
    'test/studio/times.browser.test.ts',
    'test/studio/trust.browser.test.ts',
    'test/studio/why-waiting.browser.test.ts',
    'test/together/*.process.test.ts',
    'test/workers/processes.process.test.ts',
  ],
};

/** For tests that start processes: they may share two cores with others of the kind. */
const PATIENT = {
  globalSetup: ['test/support/build-page.ts'],
  // Starting a process for each file takes longer than many of the tests: no file leaves anything behind in the modules it loads.
  isolate: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // What is polled for may take its time on a busy machine.
  expect: { poll: { timeout: 30_000 } },
  // A machine that does not know these tests may hold a process up at any place. `.ci/count.mjs` names each that needed it.
  retry: process.env.CI === undefined ? 0 : 1,
};

function patient(name: string, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, include, exclude, setupFiles: ['test/support/set-up.ts'], ...PATIENT, execArgv: ['--expose-gc'] },
  };
}

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
      patient('process', ['test/**/*.process.test.ts'], Object.values(LANES).flat()),
      patient('browser', ['test/**/*.browser.test.ts'], Object.values(LANES).flat()),
      ...Object.entries(LANES).map(([name, include]) => patient(name, include, [])),
    ],
  },
});
