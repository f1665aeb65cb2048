import { safe } from '../../common/safe-text.ts';
import { exportedPage } from '../../common/recording/html.ts';
import type { ContentLine } from '../api/recording.ts';
import type { StoreConnection } from '../store/store-connection.ts';
import { pageProgram } from './page-program.ts';
import { record } from './record.ts';

export interface ExportedRun {
  readonly contents: readonly ContentLine[];
  readonly html: Uint8Array<ArrayBuffer>;
}

/** A run as one file that shows itself in a browser. @throws RunStateError while some process works on it, PageMissingError */
export function exportHtml(
  store: StoreConnection,
  asked: { readonly run: number; readonly values: boolean; readonly program: string },
): ExportedRun {
  const program = pageProgram();
  const { title, contents, parts } = record(store, asked);
  const encoded = parts.map(part => Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64'));
  return { contents, html: new Uint8Array(Buffer.from(exportedPage(program, safe(title), encoded))) };
}
