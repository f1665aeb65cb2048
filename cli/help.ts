import { COMMANDS, OPTIONS_OF_ALL, type CommandEntry, type OptionHelp } from './command-table.ts';

const COLUMN = 37;
const WIDTH = 120;
/** The commands of the app stand by themselves. */
const FIRST_OF_APP = 'studio';

const OF_ALL_COMMANDS = OPTIONS_OF_ALL.map(([option, does]) => `  ${option.padEnd(19)}${does}`).join('\n');

/** The text of `cronflow --help`. */
export function helpText(): string {
  const told = new Set<OptionHelp>();
  const commands = Object.entries(COMMANDS).map(([name, entry]) => {
    // What an option does is said once, with the first command that has it.
    const options = entry.options?.filter(option => !told.has(option)) ?? [];
    for (const option of options) told.add(option);
    const withOthers = options.map(option => [option[0], `${option[1]}${alsoFor(option, name)}`] as const);
    return `${name === FIRST_OF_APP ? '\n' : ''}${linesOf(entry, withOthers)}`;
  });
  return `Cronflow runs batch workflows durably: it stores the result of every step, a batch that fails does not stop the
others, and you can re-run just that batch.

${commands.join('\n')}

${OF_ALL_COMMANDS}
  --version          shows the version

Exit codes: 0 completed, 1 failed, 2 wrong usage or a file that cannot be loaded, 3 interrupted, 130 cancelled.
`;
}

/** The text of `cronflow rerun --help`: one command, with all its options. */
export function commandHelp(entry: CommandEntry): string {
  return `${linesOf(entry, entry.options ?? [])}\n\n${OF_ALL_COMMANDS}\n`;
}

function linesOf({ usage, help }: CommandEntry, options: readonly OptionHelp[]): string {
  return [
    aligned(`  cronflow ${usage}`, help),
    ...options.map(([option, does]) => aligned(`         [${option}]`, `  ${does}`)),
  ].join('\n');
}

function alsoFor(option: OptionHelp, command: string): string {
  const others = Object.keys(COMMANDS).filter(name => name !== command && COMMANDS[name]?.options?.includes(option));
  return others.length === 0 ? '' : `; also for ${others.join(', ').replace(/, (\w+)$/, ' and $1')}`;
}

function aligned(left: string, right: string): string {
  const margin = ' '.repeat(COLUMN);
  const text = wrapped(right).join(`\n${margin}${/^ */.exec(right)?.[0] ?? ''}`);
  return left.length < COLUMN ? `${left.padEnd(COLUMN)}${text}` : `${left}\n${margin}${text}`;
}

/** In lines that end before the window of a terminal does. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (COLUMN + rest.length > WIDTH) {
    const end = rest.lastIndexOf(' ', WIDTH - COLUMN - 2);
    if (end <= 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, rest];
}
