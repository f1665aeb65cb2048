import { commandName, storeOption } from './caller-paths.ts';

/** What comes after a colon, or after "See", to the end of the line. */
const HINT =
  /(: |See )cronflow ((?:--help|(?:run|resume|rerun|cancel|runs|show|list|studio|serve|new)\b)[^\n]*?)(\.?)$/gm;
const ABOUT_A_STORE = /^(?:resume|rerun|cancel|runs|show)\b/;

/**
 * A message of ours with the command at its end as this caller would type it. The engine writes `cronflow rerun 3`; in a checkout that is
 * `npm run cronflow -- rerun 3`, and for a store that is not found by itself `--store` goes with it.
 */
export function asTyped(message: string, store?: string): string {
  return message.replaceAll(HINT, (_, before: string, command: string, stop: string) => {
    const option = store !== undefined && ABOUT_A_STORE.test(command) ? storeOption(store) : '';
    return `${before}${commandName()} ${command}${option}${stop}`;
  });
}
