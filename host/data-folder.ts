import { homedir } from 'node:os';
import path from 'node:path';
import { writeInside } from '../engine/inside-folder.ts';

/** Where this person's settings are kept, by the custom of the system. */
export function dataFolder(): string {
  if (process.env.CRONFLOW_DATA) return process.env.CRONFLOW_DATA;
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Cronflow Studio');
  if (process.platform === 'win32')
    return path.join(process.env.APPDATA ?? path.join(homedir(), 'AppData', 'Roaming'), 'Cronflow Studio');
  return path.join(process.env.XDG_CONFIG_HOME ?? path.join(homedir(), '.config'), 'cronflow-studio');
}

/** Writes one of this person's settings. A link in the file's place is replaced; what it leads to stays as it is. */
export function writeSetting(folder: string, name: string, text: string): void {
  writeInside(folder, name, text, { link: 'replace' });
}
