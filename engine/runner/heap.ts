import { setFlagsFromString } from 'node:v8';

/*
 * A flag of V8 that a runner sets once it is running. As options of its start, it and `--expose-gc` would change the number by
 * which V8 knows compiled code, and Node's own modules, which come compiled for no such options, would all be compiled anew:
 * measured in bench/start.ts, 12 ms of the processor, as much as half of a bare Node.
 */

const GROW_LESS = '--heap-growing-percent=50';
/** V8's own choice again. */
const GROW_AS_BEFORE = '--heap-growing-percent=0';

/**
 * Lets the heap grow to one and a half times what is live, and not to four times that. Measured in bench/memory.ts: with 100
 * percent, 600,000 streamed items took 19 % more memory than 100,000; with 50 percent 11 %, in the same time.
 *
 * Call it when what every run needs is loaded.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(GROW_LESS);
  // What is kept compiled is written after this event, for the next runner, which reads it before it comes here.
  process.once('exit', () => setFlagsFromString(GROW_AS_BEFORE));
}
