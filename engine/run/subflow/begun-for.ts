import { isDeepStrictEqual } from 'node:util';
import { decode } from '../../store/codec.ts';
import { decodeOutput } from '../../store/output-pages.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { requireRun } from '../../store/runs.ts';
import type { StartedSubflow } from '../../store/subflow-store.ts';
import type { SubflowResult } from './subflows.ts';

/**
 * Whether a run is the one that a step asks for: of the same workflow, and given the same.
 * @param payload In the codec's text
 */
export function isBegunFor(known: StartedSubflow, workflow: string, payload: string): boolean {
  return known.workflow === workflow && isDeepStrictEqual(decode(known.payload), decode(payload));
}

/** What a run that has completed has come to. */
export function resultOf(db: StoreDatabase, child: number): SubflowResult {
  const { output } = requireRun(db, child);
  return { child, output: output === null ? undefined : decodeOutput(db, child, output) };
}
