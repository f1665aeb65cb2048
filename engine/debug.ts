import { debuglog, type DebugLogger } from 'node:util';

export type DebugSection = 'runner' | 'host' | 'journal';

/** A log for whoever looks for a fault: written to standard error when `NODE_DEBUG` names the section, as in `NODE_DEBUG=cronflow:host`. */
export function debugLog(section: DebugSection): DebugLogger {
  return debuglog(`cronflow:${section}`);
}
