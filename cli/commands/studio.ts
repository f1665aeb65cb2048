import { parseArguments } from '../arguments.ts';
import { queuesOf } from '../queue-option.ts';
import { namedStore, workspaceFolder } from '../workspace-folder.ts';
import { findDesktop, openDesktop } from './desktop.ts';

/** Opens the app; in the browser where there is no Electron or no display. */
export async function studio(argv: readonly string[]): Promise<number> {
  const given = parseArguments(argv, 'studio', undefined, { trust: { type: 'boolean' } }, 'a folder');
  const folder = workspaceFolder(given, 'studio');
  const json = given.values.json === true;
  const trust = given.values.trust === true;
  const store = namedStore(given);
  // With --json, standard output carries nothing else.
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  const desktop = await findDesktop(say);
  if ('electron' in desktop) return await openDesktop(desktop.electron, folder, { trust, store });
  say(`${desktop.why} Showing the app in the browser instead.`);
  const { serveFolder } = await import('./serve.ts');
  return await serveFolder(folder, { port: 0, json, trust, store, queues: await queuesOf(given.values, folder) });
}
