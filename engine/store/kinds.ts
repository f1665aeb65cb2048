import { kindsThat } from '../../common/node-kinds.ts';

/* The table of common/node-kinds.ts in SQL. */

/** The kinds of which something is true, as a list in SQL. */
function listed(kinds: readonly string[]): string {
  return `(${kinds.map(kind => `'${kind}'`).join(', ')})`;
}

export const BATCH_KINDS_SQL = listed(kindsThat(({ repeats }) => repeats === 'batches'));
export const RESULT_KINDS_SQL = listed(kindsThat(info => info.hasResult));
