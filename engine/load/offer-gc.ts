import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives the author's code the `gc` of `node --expose-gc`, made when it is first asked for: why the option is not given at the
 * start, engine/runner/heap.ts says.
 */
export function offerGc(): void {
  const replace = (value: unknown) =>
    Object.defineProperty(globalThis, 'gc', { value, configurable: true, writable: true, enumerable: false });
  Object.defineProperty(globalThis, 'gc', {
    configurable: true,
    enumerable: false,
    get: () => {
      const gc = newGc();
      replace(gc);
      return gc;
    },
    set: replace,
  });
}

/** A context has the function where the flag is set when the context is made. */
function newGc(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as NodeJS.GCFunction;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
