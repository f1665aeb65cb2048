import { debuglog } from 'node:util';

/*
 * What happens inside, for whoever looks for a fault: `NODE_DEBUG=cronflow:runner,cronflow:host cronflow run flow.ts`,
 * or `NODE_DEBUG=cronflow:*` for all of it. The lines go to standard error with the number of the process. While a name
 * is off, a call returns at once: pass plain values, and `%s`, `%d` or `%j` in the text.
 */

/** Processes of runs, as their parent and they themselves see them: start, stop, exit, kill, refusal. */
export const debugRunner = debuglog('cronflow:runner');
/** The app's back half: workspaces, and the runs it starts and ends. */
export const debugHost = debuglog('cronflow:host');
/** The write path: waits for a lock, and the failure that ends it. */
export const debugJournal = debuglog('cronflow:journal');
/** A queue between machines: what its client says of its connections. */
export const debugQueue = debuglog('cronflow:queue');
