import { setAsideLines } from '../../engine/store/set-aside-queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { parseArguments, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { setAsideEvent } from '../../engine/store/set-aside-event.ts';
import { withStore } from '../with-store.ts';
import { exportHtmlFile, HTML_OPTIONS } from './export-html.ts';
import { exportItems, ITEM_OPTIONS } from './export-items.ts';

/** Writes what is asked for of a run to standard output, as JSON lines. */
export async function exportRun(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'export', 'the number of a run', {
    'set-aside': { type: 'boolean' },
    node: { type: 'string' },
    ...ITEM_OPTIONS,
    ...HTML_OPTIONS,
  });
  const run = runNumber(operand);
  const html = text(values.html);
  if (html !== undefined) return exportHtmlFile(run, html, values);
  if (values.items !== undefined) return await exportItems(run, values);
  if (values['set-aside'] !== true)
    throw new UsageError(
      'cronflow export needs --html <path> for a file that shows the run, or --items failed|set-aside|all, or --set-aside.',
    );
  return await withStore(findStore(text(values.store)), 'read', db => {
    requireRun(db, run);
    for (const line of setAsideLines(db, run, text(values.node))) printEvent(setAsideEvent(line));
    return 0;
  });
}
