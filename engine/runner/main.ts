import { nativeModuleError } from '../native-module.ts';
import { endWithParent } from './orphan.ts';
import type { FromRunner } from './protocol.ts';

/*
 * Where the process of a runner begins. Its work (child.ts) needs compiled modules; where one cannot be loaded, the parent
 * is told why, instead of finding a process that has ended with a stack.
 */

// Before more is loaded: to start another process takes the less, the smaller this one is. Measured: 2 ms of the processor less.
endWithParent();
try {
  await import('./child.ts');
} catch (error) {
  const native = nativeModuleError(error);
  if (native === undefined || process.send === undefined) throw error;
  const { name, message } = native;
  process.send({ type: 'refused', problem: { name, message } } satisfies FromRunner, () => process.disconnect());
}
