import type { StoredError } from '../../common/stored-error.ts';
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

/** What became of a corrected item. */
export type Tried =
  | { readonly kind: 'passes' }
  /** It passes up to an effect, which no test executes. */
  | { readonly kind: 'needs-effect' }
  | { readonly kind: 'fails'; readonly error: StoredError }
  /** Its steps are plain code, and nobody has allowed to execute them. */
  | { readonly kind: 'not-allowed' }
  /** Its batch cannot be executed. */
  | { readonly kind: 'refused'; readonly why: string };

/** Executes the body of their batches over corrected items, each alone. Nothing of it is stored. */
export async function* tryCorrections(
  corrected: readonly CorrectedRow[],
  { processes, limitMs, mayExecute }: Trying,
): AsyncGenerator<readonly [CorrectedRow, Tried], void> {
  for (const row of corrected) yield [row, await tried(row)];

  async function tried({ scope, value }: CorrectedRow): Promise<Tried> {
    try {
      const { isPure } = await processes.open(scope, limitMs);
      if (!isPure && !(await mayExecute())) return { kind: 'not-allowed' };
      return triedOf(await processes.ofValue({ texts: [value] }));
    } catch (error) {
      if (error instanceof NotProbed) return { kind: 'refused', why: error.problem.message };
      throw error;
    }
  }
}

function triedOf(answer: Answer): Tried {
  if (!answer.passed) return { kind: 'fails', error: answer.error };
  return { kind: answer.needsEffect === undefined ? 'passes' : 'needs-effect' };
}
