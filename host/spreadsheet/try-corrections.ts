import type { Answer } from '../../engine/run/probe/answer.ts';
import { NotProbed } from '../../engine/runner/probe/probe-process.ts';
import type { ProbeProcesses } from '../../engine/runner/probe/probe-processes.ts';
import type { CorrectedRow } from './corrections.ts';

export interface Trying {
  readonly processes: ProbeProcesses;
  /** The longest time for one item. */
  readonly limitMs: number;
  /** Asked before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
}

/** What became of a corrected item; a text: why it was not tried. */
export type Tried = Answer | string;

/** Executes the body of their batches over corrected items, each alone. Nothing of it is stored. */
export async function* tryCorrections(
  corrected: readonly CorrectedRow[],
  { processes, limitMs, mayExecute }: Trying,
): AsyncGenerator<readonly [CorrectedRow, Tried], void> {
  for (const row of corrected) yield [row, await tried(row)];

  async function tried({ scope, value }: CorrectedRow): Promise<Tried> {
    try {
      const { isPure } = await processes.open(scope, limitMs);
      if (!isPure && !(await mayExecute())) return 'nobody has allowed to execute its steps; --yes allows it';
      return await processes.ofValue({ texts: [value] });
    } catch (error) {
      if (error instanceof NotProbed) return error.problem.message;
      throw error;
    }
  }
}
