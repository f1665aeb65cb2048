import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startRun } from '../../engine/run/execute.ts';
import { openStore } from '../../engine/store/open.ts';
import { define } from '../../engine/workflow/define.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { Cronflow } from '../../engine/workflow/types.ts';
import { outcomeOf, type Outcome } from '../support/outcome.ts';
import { build } from './build.ts';
import type { Plan } from './plan.ts';
import { underFirstNames } from './record.ts';
import { readLedger, World } from './world.ts';

/** What a run came to that nobody killed. */
export interface Reference {
  readonly outcome: Outcome;
  /** How many lines it noted. */
  readonly lines: number;
}

/** The workflow of a plan, in this process. */
export function definitionOf(plan: Plan, folder: string, ledger = 'nobody.txt'): Definition {
  takeDefinitions();
  build({ define } as unknown as Cronflow, plan, new World(folder, ledger));
  const [definition] = takeDefinitions();
  if (!definition) throw new Error('Nothing was defined.');
  return definition;
}

/** Runs a plan in this process, from its beginning to its end; `mended` lies in the folder or does not. */
export async function uninterrupted(plan: Plan, folder: string, name: string): Promise<Reference> {
  const ledger = `${name}.txt`;
  const file = path.join(folder, 'reference', `${name}.db`);
  mkdirSync(path.dirname(file), { recursive: true });
  const definition = definitionOf(plan, folder, ledger);
  const db = openStore(file, { mode: 'create' });
  try {
    const run = await startRun({ db, storeFile: file, definition, code: { hash: 'reference', sources: [] } }, file, {});
    await run.done;
    return { outcome: underFirstNames(outcomeOf({ db }, run.id)), lines: readLedger(path.join(folder, ledger)).length };
  } finally {
    db.close();
  }
}
