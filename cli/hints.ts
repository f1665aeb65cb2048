import { commandName, storeOption } from './caller-paths.ts';
import { COMMAND_NAMES, COMMANDS } from './command-table.ts';

/** What comes after a colon, or after "See", to the end of the line. */
const HINT = new RegExp(`(: |See )cronflow ((?:--help|(?:${COMMAND_NAMES.join('|')})\\b)[^\\n]*?)(\\.?)$`, 'gm');

/**
 * A message of ours with the command at its end as this caller would type it. The engine writes `cronflow rerun 3`; in
 * a checkout that is `npm run cronflow -- rerun 3`, and `--store` is added where the command would not find the store
 * by itself.
 */
export function asTyped(message: string, store?: string): string {
  return message.replaceAll(HINT, (_, before: string, command: string, stop: string) => {
    const [name = ''] = command.split(' ');
    const option = store !== undefined && COMMANDS[name]?.findsStore ? storeOption(store) : '';
    return `${before}${commandName()} ${command}${option}${stop}`;
  });
}
