// By its own name, an older Node would complain of the import before engine/refuse-old-node.ts could.
import util from 'node:util';

import { absolutePath, isEngineFile, isLibraryFile } from '../paths.ts';

export interface CallSite {
  /** Absolute. */
  file: string;
  line: number;
  column: number;
}

// The engine's own calls above the user's are few; a user's helper that lies in a library may add some.
const depth = 30;

/**
 * Where in the user's code the engine was called: the innermost frame that is neither the engine's nor Node's. A library's
 * frame counts only when there is no other. undefined when no file called (code made by eval, a call from Node).
 *
 * Costs about 10 µs: call it where a workflow is defined, not for every batch of a run.
 */
export function callSite(): CallSite | undefined {
  let fallback: CallSite | undefined;
  for (const { scriptName, lineNumber, columnNumber } of util.getCallSites(depth, { sourceMap: true })) {
    const file = absolutePath(scriptName);
    if (file === undefined || isEngineFile(file)) continue;
    const site = { file, line: lineNumber, column: columnNumber };
    if (!isLibraryFile(file)) return site;
    fallback ??= site;
  }
  return fallback;
}
