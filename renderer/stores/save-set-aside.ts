import { api } from './host.ts';
import { notice } from './notice.ts';

const PAGE = 500;

/** Saves what is set aside of a run as a file of JSON lines, as `cronflow export --set-aside` writes it. */
export async function saveSetAside(run: number): Promise<void> {
  try {
    const all: string[] = [];
    for (;;) {
      const { lines } = await api().exportSetAside({ run, offset: all.length, limit: PAGE });
      all.push(...lines);
      if (lines.length < PAGE) break;
    }
    save(`run-${run}-set-aside.jsonl`, `${all.join('\n')}\n`);
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
