import path from 'node:path';
import { LinkError } from '../engine/inside-folder.ts';
import { pinItems, writePinned, type ItemsToPin } from '../engine/runner/probe/pin-items.ts';
import type { ProbeProcesses } from '../engine/runner/probe/probe-processes.ts';
import { EXIT_USAGE } from './exit-codes.ts';
import { reportProblem } from './report-problem.ts';
import { printEvent } from './view/json.ts';
import { pinnedEvent, pinnedText } from './view/pinned.ts';

/** Writes a test of items that fail beside their workflow. Returns the exit code. @throws NotProbed */
export async function pin(
  processes: ProbeProcesses,
  items: ItemsToPin,
  { hasControl, json, store }: { readonly hasControl: boolean; readonly json: boolean; readonly store: string },
): Promise<number> {
  const end = await pinItems(processes, items, hasControl);
  const refuse = (why: string) => {
    const message = `No test is written. ${why}`;
    reportProblem({ name: 'NotPinned', message }, json, store);
    return EXIT_USAGE;
  };
  if (end.kind === 'passes') return refuse('With the code as it is now, it passes.');
  if (end.kind === 'refused') return refuse(end.why);
  const { test, smallest } = end;
  try {
    const written = writePinned(path.dirname(test.file), test);
    if (json) printEvent(pinnedEvent(written, test));
    else process.stdout.write(`${pinnedText(written, test, smallest)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof LinkError) return refuse(error.message);
    throw error;
  }
}
