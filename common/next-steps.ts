import type { Told } from './told.ts';

/*
 * All commands and options that messages name, beside what there is to press in the Studio. A message names no other ones:
 * see told.ts.
 */

function step(terminal: string, studio: string): Told {
  return { terminal, studio };
}

export const NEXT = {
  resume: (run: number) => step(`cronflow resume ${run}`, 'press Resume'),
  resumeAround: (run: number) => step(`cronflow resume ${run}`, `choose run ${run}, then press Resume`),
  rerun: (run: number) => step(`cronflow rerun ${run}`, 'press Re-run'),
  rerunAll: (run: number) => step(`cronflow rerun ${run} --batches all`, 'select them, then press Re-run'),
  cancel: (run: number) => step(`stop it with: cronflow cancel ${run}`, 'cancel it'),
  cancelAgain: (run: number) => step(`cronflow cancel ${run}`, 'press Cancel'),
  finishCancel: (run: number) => step(`cronflow cancel ${run}`, 'press Resume'),
  deleteRun: (run: number) => step(`delete that one with: cronflow delete ${run}`, 'delete that run'),
  show: (run: number) => step(`Look at it with: cronflow show ${run}`, 'Choose it in the list of runs'),
  publish: (event: string) => step(`Publish it with: cronflow publish ${event}`, 'Publish it with cronflow publish'),
  listRuns: step('List them with: cronflow runs', 'Choose one in the list of runs'),
  listEffects: (run: number) =>
    step(`List them with: cronflow effects ${run}`, 'Look at Effects of the batch in the inspector'),
  saveItems: (run: number) => step(`cronflow export ${run} --items failed`, '“Save for a spreadsheet”'),
  otherBatches: step('Choose others with --batches', 'Choose others on the map'),
  oneNode: step('Say with --node which one’s batches are meant', 'Choose batches on the map of one of them'),
  oneNodesItems: step('Say with --node which one’s items are meant', 'Choose the items in a batch of one of them'),
  moveFile: step('name its new path with --file <path>', 'put it back, or open the folder that it is in now'),
  /** Of work whose node has changed. */
  discard: (path: string) => step(`--discard ${path}`, 'choose “Discard its stored work”'),
  answer: (path: string) =>
    step(
      `Re-run with --renamed ${path}=<new name> or --discard ${path}`,
      'Press Re-run: it asks what has become of it',
    ),
  nameStore: step('Name one with --store', 'Start Cronflow with --store to name one'),
  otherFile: step('Name another file with --store', 'Start Cronflow with another --store'),
  another: step('Name another with --store', 'Start Cronflow with another --store'),
  meanwhile: step(
    'name another with --store to go on meanwhile',
    'to go on meanwhile, start Cronflow with another --store',
  ),
  withoutWorkers: step('leave out --workers', 'start it without workers'),
  otherStore: step('name another with --store', 'start Cronflow with another --store'),
  storeFile: (file: string) =>
    step(
      `--store names the database file, such as ${file}`,
      `Start Cronflow with the database file as its --store, such as ${file}`,
    ),
} as const;
