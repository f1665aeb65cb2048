import type { Project } from '../support/project.ts';

/*
 * Faults tried, and what came of them. Each test puts on record what it has seen, and `npm run test:faults` makes the table in
 * docs/reliability.md of it: see reporter.ts.
 */

export interface Fault {
  /** What was done to it. */
  readonly fault: string;
  /** What became of the run, or of the command. */
  readonly became: string;
  /** What was said, as it was said. */
  readonly said: string;
  /** What was done then, and what came of that. */
  readonly afterwards: string;
}

declare module 'vitest' {
  interface TaskMeta {
    faults?: Fault[];
  }
}

/** Whether what takes long is tried too: `npm run test:faults`. */
export const isThorough = process.env.CRONFLOW_FAULTS === 'all';

/** Puts on record what a test has seen. */
export function seen(task: { readonly meta: { faults?: Fault[] } }, fault: Fault, project?: Project): void {
  const said = project ? fault.said.replaceAll(`${project.folder}/`, '') : fault.said;
  (task.meta.faults ??= []).push({ ...fault, said: said.trim() });
}
