/*
 * What is cleaned up when a test file is done. A module is loaded once for all the test files of a worker, so that an
 * `afterAll` of its own would run after the first of them only.
 */

const chores = new Set<() => void>();

/** Has something done after every test file; called once, by the module that knows what. */
export function afterEachFile(clean: () => void): void {
  chores.add(clean);
}

export function cleanUp(): void {
  for (const clean of chores) clean();
}
