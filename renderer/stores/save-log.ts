import type { Args, LogLine } from '../../host/api/api.ts';
import { logText } from '../model/log-filter.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { saveFile } from './save-file.ts';

const PAGE = 1_000;

/** Saves all stored lines that fit, from the first one on. */
export async function saveLog(of: Omit<Args<'getLogs'>, 'after' | 'before' | 'limit'>): Promise<void> {
  try {
    const all: LogLine[] = [];
    for (let after = 0; ; after = all.at(-1)?.id ?? after) {
      const { lines, more } = await api().getLogs({ ...of, after, limit: PAGE });
      all.push(...lines);
      if (!more || lines.length === 0) break;
    }
    saveFile(`run-${of.run}.log`, `${logText(all)}\n`, 'text/plain');
  } catch (error) {
    notice(error);
  }
}
