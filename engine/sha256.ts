/**
 * The sha256 of a text, in hex. `node:crypto` is loaded when it is first called: that takes 4 ms of the processor (bench/start.ts),
 * and a command that shows how a run went has nothing to hash.
 */
export function sha256(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
