import { notice } from './notice.ts';
import { saveFile } from './save-file.ts';
import { setAsideAsLines } from './set-aside-pages.ts';

/** Saves what is set aside of a run as a file of JSON lines, as `cronflow export --set-aside` writes it. */
export async function saveSetAside(run: number): Promise<void> {
  try {
    const lines = await setAsideAsLines(run);
    saveFile(`run-${run}-set-aside.jsonl`, `${lines.join('\n')}\n`, 'application/jsonl');
  } catch (error) {
    notice(error);
  }
}
