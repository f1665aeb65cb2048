import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolders } from './desktop.ts';

const temporary = temporaryFolders();
export const { folder } = temporary;
export const removeFolders = temporary.remove;

/** A workflow of three steps; the second takes as long as `hold.txt` is there. */
export function workspace(name: string, { hold = false } = {}): string {
  const place = folder(name);
  mkdirSync(place, { recursive: true });
  if (hold) writeFileSync(path.join(place, 'hold.txt'), '');
  writeFileSync(
    path.join(place, 'flow.ts'),
    `
import { appendFileSync, existsSync } from 'node:fs';
import { cronflow } from 'cronflow';
const beside = (name: string) => new URL(name, import.meta.url);
const note = (step: string) => appendFileSync(beside('./ledger.txt'), step + ' ');
cronflow.define({ id: ${JSON.stringify(name)}, name: 'Flow of ${name}' })
  .step('first', async () => { note('first'); return 1; })
  .step('second', async ctx => {
    note('second');
    while (existsSync(beside('./hold.txt'))) {
      ctx.signal.throwIfAborted();
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return 2;
  })
  .step('third', async () => { note('third'); return 3; });
`,
  );
  return place;
}

/** A workflow file with one step. */
export const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'NAME', name: 'Flow of NAME' }).step('only', async () => 1);
`;

/** What the steps have noted; nothing before the first has. */
export function ledgerOf(place: string): string {
  const file = path.join(place, 'ledger.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

export function release(place: string): void {
  rmSync(path.join(place, 'hold.txt'));
}
