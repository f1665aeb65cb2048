import { counted, number } from '../../common/format.ts';
import type { RunStatus } from '../../common/status.ts';

export interface RerunText {
  /** What the button says. */
  readonly button: string;
  /** What is asked for, in the dialog: the button and the dialog count the same batches. */
  readonly what: string;
}

/** A re-run of the failed batches takes the cancelled ones, too: whoever presses the button reads how many these are together. */
export function rerunText(status: RunStatus, failed: number, cancelled: number): RerunText {
  if (failed > 0 && cancelled > 0) {
    const all = failed + cancelled;
    return {
      button: `Re-run failed and cancelled (${number(all)})`,
      what: `the ${number(all)} failed and cancelled batches`,
    };
  }
  if (failed > 0) return { button: `Re-run failed (${number(failed)})`, what: `the ${counted(failed, FAILED)}` };
  if (status !== 'cancelled') return { button: 'Re-run the failed step', what: 'the failed step' };
  return { button: 'Resume the cancelled batches', what: 'the cancelled batches' };
}

const FAILED = ['failed batch', 'failed batches'] as const;
