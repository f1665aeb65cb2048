import { number } from '../../common/format.ts';
import type { Selection } from '../model/selection.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { saveFile } from './save-file.ts';
import { studio } from './studio.ts';

export type ExportFormat = 'jsonl' | 'csv';

const TYPES: Readonly<Record<ExportFormat, string>> = { jsonl: 'application/jsonl', csv: 'text/csv' };

/** How many batches the host writes for one question: their items may be large. */
const PAGE = 250;

/**
 * Saves the selected batches as a file. Which ones is asked once, so that the file holds the batches that were there then. Each page
 * of text is given to the browser at once, which keeps it outside the page's memory.
 */
export async function exportBatches({ path, where, cause }: Selection, format: ExportFormat): Promise<void> {
  const { runId: run, exporting, progress } = studio.getState();
  const node = cause?.node ?? progress?.nodes.find(other => other.path === path)?.node;
  if (run === undefined || exporting || node === undefined) return;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  try {
    studio.setState({ exporting: { text: 'Exporting…', stop } });
    const { scopes } = await api().getScopes({ run, node, where });
    const parts: Blob[] = [];
    for (let from = 0; from < Math.max(1, scopes.length) && !isStopped; from += PAGE) {
      const page = await api().exportBatches({
        run,
        scopes: scopes.slice(from, from + PAGE),
        format,
        head: from === 0,
      });
      parts.push(new Blob([page.text]));
      const done = Math.min(from + PAGE, scopes.length);
      studio.setState({ exporting: { text: `${number(done)} of ${number(scopes.length)}`, stop } });
    }
    if (!isStopped) saveFile(`run-${run}-batches.${format}`, parts, TYPES[format]);
  } catch (error) {
    notice(error);
  } finally {
    studio.setState({ exporting: undefined });
  }
}
