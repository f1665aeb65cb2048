import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bytes } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { exportHtml } from '../../host/recording/export-html.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { text, type Arguments } from '../arguments.ts';
import { findStore, fromCaller } from '../caller-paths.ts';
import { packageVersion } from '../package-root.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';

export const HTML_OPTIONS = { html: { type: 'string' }, values: { type: 'boolean' } } as const;

/** Writes a run as one HTML file, and says before that what is in it. */
export function exportHtmlFile(run: number, out: string, values: Arguments['values']): number {
  const file = findStore(text(values.store));
  // The folder that the workflows lie in: <folder>/.cronflow/runs.db.
  const store = new StoreConnection(file, path.dirname(path.dirname(file)), true);
  try {
    const db = store.db;
    if (!db) throw new UsageError(`There is no run store ${file}.`);
    requireRun(db, run);
    const { contents, html } = exportHtml(store, { run, values: values.values === true, program: packageVersion() });
    if (values.json === true) {
      write(out, html);
      printEvent({ event: 'exported', run: String(run), file: out, bytes: html.length, contents });
      return 0;
    }
    const widest = Math.max(...contents.map(({ what }) => what.length));
    for (const { what, how, detail } of contents)
      process.stderr.write(`  ${how.padEnd(9)}  ${what.padEnd(widest)}  ${oneLine(detail, 400)}\n`);
    write(out, html);
    process.stderr.write(`\n  Written to ${out}: ${bytes(html.length)}. Open it in a browser; it needs no network.\n`);
    if (values.values !== true) process.stderr.write('  Values are hidden. --values writes them, too.\n');
    return 0;
  } finally {
    store.close();
  }
}

function write(out: string, bytes: Uint8Array): void {
  try {
    writeFileSync(fromCaller(out), bytes);
  } catch (error) {
    throw new UsageError(`--html ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
