import { COMMANDS, type CommandEntry } from './command-table.ts';

const COLUMN = 37;
/** The commands of the app stand by themselves. */
const FIRST_OF_APP = 'studio';

/** The text of `cronflow --help`. */
export function helpText(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, entry]) => `${name === FIRST_OF_APP ? '\n' : ''}${commandHelp(entry)}`,
  );
  return `Cronflow runs batch workflows durably: it stores the result of every step, a batch that fails does not stop the
others, and you can re-run just that batch.

${commands.join('\n')}

  --store <db>   the store of runs (default: .cronflow/runs.db of the project)
  --env-file <path>  sets the environment variables of this file that are not set yet
  --json         JSON lines on standard output; the last one is the summary
  --help         shows this text
  --version      shows the version

Exit codes: 0 completed, 1 failed, 2 wrong usage or a file that cannot be loaded, 3 interrupted, 130 cancelled.
`;
}

function commandHelp({ usage, help, options = [] }: CommandEntry): string {
  return [
    aligned(`  cronflow ${usage}`, help),
    ...options.map(([option, does]) => aligned(`         [${option}]`, `  ${does}`)),
  ].join('\n');
}

function aligned(left: string, right: string): string {
  return left.length < COLUMN ? `${left.padEnd(COLUMN)}${right}` : `${left}\n${' '.repeat(COLUMN)}${right}`;
}
