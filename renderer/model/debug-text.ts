import { idOf } from '../../common/node-paths.ts';
import type { Debugging } from '../../host/api/api.ts';
import { label } from './shown-text.ts';

const LONGEST_REASON = 200;

/** How the execution of a batch in a debugger stands, in a sentence. @param stepTitle What the author calls the step */
export function debuggingText(
  { state, step, outcome, error, problem }: Debugging,
  stepTitle = step === undefined ? undefined : label(idOf(step), 80),
): string {
  const at = stepTitle === undefined ? 'the body of the batch' : `“${stepTitle}”`;
  switch (state) {
    case 'starting':
      return 'Starting…';
    case 'waiting':
      return `Waiting for a debugger. It stops where ${at} begins.`;
    case 'attached':
      return `A debugger is attached. It stops where ${at} begins.`;
    case 'ended':
      break;
  }
  switch (outcome) {
    case 'passes':
      return 'It passes with the code as it is now. Nothing of it is stored: re-run the batch to make it so.';
    case 'fails':
      return `It fails: ${label(error?.explain ?? error?.message ?? '', LONGEST_REASON)}`;
    case 'needs-effect':
      return 'It passes up to an effect, which is not executed in a debugger.';
    case 'not-attached':
      return 'No debugger was attached, so it was ended.';
    case 'not-allowed':
      return 'Its steps are not pure any more: press Debug this batch again.';
    case 'refused':
      return label(problem?.message ?? '', LONGEST_REASON);
    case 'stopped':
    case undefined:
      return 'Stopped.';
  }
}

/** Whether one is executed now. */
export function isDebugging(debugging: Debugging | undefined): boolean {
  return debugging !== undefined && debugging.state !== 'ended';
}
