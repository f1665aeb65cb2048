import { folderOfStore } from '../../engine/store/project-store.ts';
import {
  CACHE_OPTION,
  DURABILITY_OPTION,
  durabilityOf,
  movedFile,
  NODE_OPTIONS,
  nodeAnswers,
  NOTICE_OPTIONS,
  noticesOf,
  parseArguments,
  runNumber,
  text,
  WORKERS_OPTION,
  workersOf,
} from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { followRun } from '../follow-run.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';

export async function resume(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'resume', 'the number of a run', {
    file: { type: 'string' },
    'dry-run': { type: 'boolean' },
    ...NODE_OPTIONS,
    ...DURABILITY_OPTION,
    ...WORKERS_OPTION,
    ...CACHE_OPTION,
    ...QUEUE_OPTION,
    ...NOTICE_OPTIONS,
  });
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  if (values['dry-run'] === true) {
    // A resume itself has no use for what plans it.
    const { resumeDryRun } = await import('./resume-dry-run.ts');
    return await resumeDryRun({ store, run, file: movedFile(values) }, nodeAnswers(values), values.json === true);
  }
  return await followRun(
    {
      kind: 'resume',
      run,
      store,
      file: movedFile(values),
      answers: nodeAnswers(values),
      durability: durabilityOf(values),
      workers: workersOf(values),
      noCache: values['no-cache'] === true,
      queue: await queueOf(values, folderOfStore(store)),
    },
    values.json === true,
    noticesOf(values),
  );
}
