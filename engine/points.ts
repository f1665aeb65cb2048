/**
 * Named points at which a test can make this process do something, such as die: see test/support/crash.ts.
 * Nothing is attached in normal use.
 */
export type Point = 'before-commit' | 'in-transaction' | 'after-commit' | 'batch-cut' | 'before-rerun' | 'after-rerun';

let attached: ((name: Point) => void) | undefined;

export function point(name: Point): void {
  attached?.(name);
}

export function attachToPoints(listener: (name: Point) => void): void {
  attached = listener;
}
