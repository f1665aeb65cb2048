import { notice } from './notice.ts';
import { setAsideAsLines } from './set-aside-pages.ts';

/** Saves what is set aside of a run as a file of JSON lines, as `cronflow export --set-aside` writes it. */
export async function saveSetAside(run: number): Promise<void> {
  try {
    const lines = await setAsideAsLines(run);
    save(`run-${run}-set-aside.jsonl`, `${lines.join('\n')}\n`);
  } catch (error) {
    notice(error);
  }
}

/** The browser, or the desktop app, asks where to. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
