/**
 * A random UUID. For the global `crypto`, Node loads more than for `node:crypto`, which each run needs: measured, nearly 1 ms of
 * the processor (bench/start.ts).
 */
export function newUuid(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}
