import { homedir } from 'node:os';
import path from 'node:path';
import { writeInside } from '../engine/inside-folder.ts';

/** Where this person's settings are kept, by the custom of the system. */
export function dataFolder(): string {
  if (process.env.CRONFLOW_DATA) return process.env.CRONFLOW_DATA;
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Cronflow Studio');
  if (process.platform === 'win32')
    return path.join(process.env.APPDATA ?? path.join(homedir(), 'AppData', 'Roaming'), 'Cronflow Studio');
  const { XDG_CONFIG_HOME: config } = process.env;
  // Its specification: a relative path is to be ignored. It would lie in whichever folder we are started from.
  return path.join(config && path.isAbsolute(config) ? config : path.join(homedir(), '.config'), 'cronflow-studio');
}

/** Writes one of this person's settings, which are nobody else's business. A link in the file's place is replaced; what it leads to stays as it is. */
export function writeSetting(folder: string, name: string, text: string): void {
  writeInside(folder, name, text, { link: 'replace', isPrivate: true });
}
