import path from 'node:path';
import { encode } from '../../engine/store/codec.ts';
import {
  CACHE_OPTION,
  DURABILITY_OPTION,
  durabilityOf,
  keyOf,
  NOTICE_OPTIONS,
  noticesOf,
  parseArguments,
  payloadOf,
  text,
  WORKERS_OPTION,
  workersOf,
} from '../arguments.ts';
import { storeOfProject } from '../../engine/store/own-store.ts';
import { fromCaller } from '../caller-paths.ts';
import { followRun } from '../follow-run.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';

export async function run(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'run', 'a workflow file', {
    workflow: { type: 'string' },
    payload: { type: 'string' },
    'payload-file': { type: 'string' },
    key: { type: 'string' },
    ...CACHE_OPTION,
    ...DURABILITY_OPTION,
    ...WORKERS_OPTION,
    ...QUEUE_OPTION,
    ...NOTICE_OPTIONS,
  });
  const file = fromCaller(operand);
  const named = text(values.store);
  const store = named === undefined ? storeOfProject(file) : fromCaller(named);
  const payload = encode(payloadOf(values), 'payload');
  return await followRun(
    {
      kind: 'start',
      file,
      store,
      workflow: text(values.workflow),
      payload,
      key: keyOf(values),
      noCache: values['no-cache'] === true,
      durability: durabilityOf(values),
      workers: workersOf(values),
      queue: await queueOf(values, path.dirname(file)),
    },
    values.json === true,
    noticesOf(values),
  );
}
