import { systemClock } from '../../engine/run/clock.ts';
import { decided } from '../../engine/run/durable-waits/answers.ts';
import { answerWait } from '../../engine/store/answer-wait.ts';
import { userName } from '../../engine/user-name.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import { parseArguments, parseJson, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { goOn } from '../go-on.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';
import { printEvent } from '../view/json.ts';
import { withStore } from '../with-store.ts';

export const approve = (argv: readonly string[]): Promise<number> => decide(argv, 'approve');
export const reject = (argv: readonly string[]): Promise<number> => decide(argv, 'reject');

async function decide(argv: readonly string[], command: 'approve' | 'reject'): Promise<number> {
  const { operand, second, values } = parseArguments(
    argv,
    command,
    'the number of a run',
    {
      reason: { type: 'string' },
      payload: { type: 'string' },
      'no-resume': { type: 'boolean' },
      ...QUEUE_OPTION,
    },
    'a token',
  );
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const given = text(values.payload);
  const json = values.json === true;
  const goesOn = values['no-resume'] !== true;
  // A queue that cannot be meant is told before anything is stored.
  const queue = goesOn ? await queueOf(values, folderOfStore(store)) : undefined;
  const approved = command === 'approve';
  const by = userName();
  const answer = {
    text: decided({
      approved,
      reason: text(values.reason),
      by,
      payload: given === undefined ? undefined : parseJson(given, '--payload'),
    }),
    by,
    at: systemClock.now(),
  };
  await withStore(store, 'write', db => answerWait(db, { run, token: second === '' ? undefined : second }, answer));
  if (json) printEvent({ event: 'answered', run: String(run), approved });
  // What follows is how the run ends: this is for the meantime.
  else process.stderr.write(`${approved ? 'Approved' : 'Rejected'}.\n`);
  return goesOn ? await goOn({ run, store, json, queue }) : 0;
}
