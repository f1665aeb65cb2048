import { number } from '../../common/format.ts';
import type { Args } from '../../host/api/api.ts';
import { LARGEST_FILE } from '../../host/api/protocol.ts';
import type { CorrectionsFound } from '../model/corrections.ts';
import { openDialog } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { saveFile } from './save-file.ts';
import { studio } from './studio.ts';

/* Items that are corrected in a spreadsheet, and taken back. */

export type SheetItems = Args<'exportItems'>['items'];

const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
} as const;

/** Saves the items of the open run that are to be corrected. */
export async function saveForSpreadsheet(items: SheetItems, format: keyof typeof TYPES): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  try {
    const { file } = await api().exportItems({ run, items, format });
    saveFile(`run-${run}-items.${format}`, [new Blob([file])], TYPES[format]);
  } catch (error) {
    notice(error);
  }
}

/** Asks for a file that was corrected. */
export async function takeFileBack(): Promise<void> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.xlsx,.csv,.tsv,.txt';
  const chosen = new Promise<File | undefined>(resolve => {
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
  });
  input.click();
  const file = await chosen;
  if (file) await compareFile(file);
}

/** Compares a corrected file with the open run, and shows what it changes. */
export async function compareFile(file: File): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined)
    return notice(new Error(`Open the run that ${file.name} belongs to, then drop it here again.`));
  try {
    const found = await readCorrections(run, file);
    if (studio.getState().runId !== run) return;
    // What was wrong with the file before is past.
    studio.setState({ notice: undefined });
    openDialog({ kind: 'take-back', name: file.name, found });
  } catch (error) {
    notice(error);
  }
}

async function readCorrections(run: number, file: File): Promise<CorrectionsFound> {
  // A message that is too long for the connection would end it.
  if (file.size > LARGEST_FILE)
    throw new Error(
      `${file.name} has ${number(file.size)} bytes. The limit is ${number(LARGEST_FILE)}. Take it back with: cronflow import ${run} <file>`,
    );
  const bytes = new Uint8Array(await file.arrayBuffer());
  const outcome = await api().openCorrections({ run, file: bytes, name: file.name });
  if (outcome.ok) return outcome.value;
  throw Object.assign(new Error(outcome.problem.message), { name: outcome.problem.name });
}
