import { counted } from '../../common/format.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { publishEvent } from '../../engine/store/answer-wait.ts';
import { encode } from '../../engine/store/codec.ts';
import { userName } from '../../engine/user-name.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import { parseArguments, parseJson, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { goOn } from '../go-on.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';
import { printEvent } from '../view/json.ts';
import { withStore } from '../with-store.ts';

export async function publish(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'publish', 'the name of an event', {
    payload: { type: 'string' },
    'no-resume': { type: 'boolean' },
    ...QUEUE_OPTION,
  });
  const store = findStore(text(values.store));
  const json = values.json === true;
  const goesOn = values['no-resume'] !== true;
  // A queue that cannot be meant is told before anything is stored.
  const queue = goesOn ? await queueOf(values, folderOfStore(store)) : undefined;
  const given = text(values.payload);
  const payload = encode(given === undefined ? {} : parseJson(given, '--payload'), 'payload');
  const event = { name: operand, payload, by: userName(), at: systemClock.now() };
  const runs = await withStore(store, 'write', db => publishEvent(db, event));
  if (json) printEvent({ event: 'published', name: operand, runs: runs.map(String) });
  else
    process.stderr.write(
      `Published. ${runs.length === 0 ? 'No run' : counted(runs.length, ['run', 'runs'])} waited for it.\n`,
    );
  if (!goesOn) return 0;
  let code = 0;
  for (const run of runs) code = Math.max(code, await goOn({ run, store, json, queue }));
  return code;
}
