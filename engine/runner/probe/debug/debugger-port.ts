import inspector from 'node:inspector';

/** Opens this process to a debugger: on this machine only, at a free port. Returns the address. */
export function openToDebugger(): string {
  inspector.open(0, '127.0.0.1');
  const url = inspector.url();
  if (url === undefined) throw new Error('This process could not be opened to a debugger.');
  return url;
}

/** Blocks this process until a debugger is attached and lets it go on. */
export const waitForDebugger = (): void => inspector.waitForDebugger();

/** What the types of Node do not have yet. */
interface Breakpoint {
  readonly breakpointId: string;
}

/** Where the session finds the function: it knows objects only by expressions. */
const HANDED_OVER = Symbol.for('cronflow.debugged');

/**
 * Lets the debugger that is attached stop at the beginning of functions. A breakpoint of a function stays with its source: a
 * closure that is created anew stops, too, and its place is that of the author's file.
 */
export class Stops {
  readonly #session = new inspector.Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Debugger.enable');
  }

  at(functions: readonly unknown[]): void {
    const called = functions.filter(other => typeof other === 'function');
    const isStopping = called.map(other => this.#atBeginningOf(other)).includes(true);
    // A function without a source in JavaScript, such as a bound one, has no beginning.
    if (called.length > 0 && !isStopping) stopBeforeCall();
  }

  /** Returns whether there is a place to stop at. */
  #atBeginningOf(called: unknown): boolean {
    Reflect.set(globalThis, HANDED_OVER, called);
    let isStopping = false;
    this.#session.post(
      'Runtime.evaluate',
      { expression: `globalThis[Symbol.for(${JSON.stringify(HANDED_OVER.description)})]` },
      (_error, evaluated) => {
        const { objectId } = evaluated.result;
        if (objectId === undefined) return;
        this.#session.post('Debugger.setBreakpointOnFunctionCall', { objectId }, (error, set) => {
          // V8 numbers the places of a function from 1: 0 is none. A function that is called again has its breakpoint already.
          isStopping = error ? /already exists/.test(error.message) : !(set as Breakpoint).breakpointId.endsWith(':0');
        });
      },
    );
    Reflect.deleteProperty(globalThis, HANDED_OVER);
    return isStopping;
  }
}

/** Where the author's function itself cannot be stopped at: a step further is in it. */
function stopBeforeCall(): void {
  // oxlint-disable-next-line no-debugger -- This is what the process is for.
  debugger;
}
