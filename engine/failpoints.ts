/**
 * Named points at which a test can make this process do something, such as die: see engine/runner/crash.ts.
 * Nothing is attached in normal use.
 */
export type Point =
  | 'before-migration'
  | 'in-migration'
  | 'after-migration'
  | 'taking-up'
  | 'taken-up'
  | 'before-rerun'
  | 'after-rerun'
  | 'rerun-page-kept'
  | 'rerun-page-written'
  | 'cancel-page-written'
  | 'run-page-deleted'
  | 'before-commit'
  | 'in-transaction'
  | 'after-commit'
  | 'batch-created'
  | 'effect-begun'
  | 'effect-returned'
  | 'effect-committed'
  | 'before-end'
  | 'in-end'
  | 'after-end';

let attached: ((name: Point) => void) | undefined;

export function failpoint(name: Point): void {
  attached?.(name);
}

export function attachToPoints(listener: (name: Point) => void): void {
  attached = listener;
}
