import type { Problem } from '../engine/runner/protocol.ts';
import { safe } from '../common/safe-text.ts';
import { changedWorkHint } from './changed-work.ts';
import { EXIT_USAGE } from './exit-codes.ts';
import { asTyped } from './hints.ts';
import { printEvent } from './view/json.ts';

/** One clear message, with the location in the author's file; `store` is the one it is about. Returns the exit code. */
export function reportProblem(
  { name, message: told, file, line, column, codeFrame, issues, changed }: Problem,
  json: boolean,
  store?: string,
): number {
  const hint = issues?.length ? `\nGive it with --payload '{…}' or --payload-file <path>.` : '';
  const message = asTyped(told, store) + hint + changedWorkHint(changed ?? []);
  if (json) printEvent({ event: 'error', name, message, file, line, column, changed });
  process.stderr.write(`${safe(message)}\n${codeFrame === undefined ? '' : `\n${safe(codeFrame)}\n`}`);
  return EXIT_USAGE;
}
