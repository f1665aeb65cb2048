import { homedir } from 'node:os';
import path from 'node:path';
import { writeInside } from '../engine/inside-folder.ts';

/** Where this user's settings are stored, as is usual on the system. */
export function dataFolder(): string {
  if (process.env.CRONFLOW_DATA) return process.env.CRONFLOW_DATA;
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Cronflow Studio');
  if (process.platform === 'win32')
    return path.join(process.env.APPDATA ?? path.join(homedir(), 'AppData', 'Roaming'), 'Cronflow Studio');
  const { XDG_CONFIG_HOME: config } = process.env;
  // The specification says to ignore a relative path, which would depend on the folder that the app is started from.
  return path.join(config && path.isAbsolute(config) ? config : path.join(homedir(), '.config'), 'cronflow-studio');
}

/**
 * Writes one of this user's settings, for nobody else to read. If the file is a link, the link is replaced and its
 * target is left as it is.
 */
export function writeSetting(folder: string, name: string, text: string): void {
  writeInside(folder, name, text, { link: 'replace', isPrivate: true });
}
