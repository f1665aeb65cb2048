import { COMMANDS, OPTIONS_OF_ALL, type CommandEntry, type OptionHelp } from '../command-table.ts';

/* What can be typed after `cronflow`, as shells complete it: read from the table of commands, which the help is made of, too. */

/** What stands in the place of a value. */
export type Value =
  | { readonly kind: 'file' | 'folder' | 'run' | 'text' }
  /** One of these words; there may be other values. */
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedOption {
  /** Without its dashes. */
  readonly name: string;
  readonly help: string;
  /** Absent where it stands alone. */
  readonly value?: Value;
}

export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  readonly operands: readonly Value[];
  readonly options: readonly CompletedOption[];
}

export function completedCommands(): CompletedCommand[] {
  return Object.entries(COMMANDS).map(([name, entry]) => ({
    name,
    help: entry.help,
    operands: operandsOf(name, entry),
    options: optionsOf(entry),
  }));
}

/** The options of a command that a value follows. */
export function withValues({ name: command, options }: CompletedCommand) {
  return options.flatMap(option => (option.value ? [{ command, option, value: option.value }] : []));
}

/** Those of a command, and of all commands. */
function optionsOf({ usage, options = [] }: CommandEntry): CompletedOption[] {
  const inUsage = [...usage.matchAll(/--[a-z-]+(?: [^\s\]]+)?/g)].map(([option]): OptionHelp => [option, '']);
  const all = [...options, ...inUsage, ...OPTIONS_OF_ALL].map(completedOption);
  // An option of a usage may be explained among the options, too.
  return [...new Map(all.toReversed().map(option => [option.name, option])).values()].toReversed();
}

/** `--workers <n>|auto`. */
function completedOption([option, help]: OptionHelp): CompletedOption {
  const [flag = '', ...value] = option.split(' ');
  const name = flag.slice('--'.length);
  return value.length === 0 ? { name, help } : { name, help, value: valueOf(value.join(' ')) };
}

/** What follows the name of a command in its usage, up to its options: `<run> <file>`, `[folder]`, `bash|zsh|fish`. */
function operandsOf(name: string, { usage }: CommandEntry): Value[] {
  const [operands = ''] = usage.slice(name.length).split(/\s\[?--/);
  return operands
    .trim()
    .split(/\s+/)
    .filter(operand => operand !== '')
    .map(operand => valueOf(operand.replace(/^\[(.*)\]$/, '<$1>')));
}

function valueOf(written: string): Value {
  const names = [...written.matchAll(/<([^>]+)>/g)].flatMap(([, name = '']) => name.split('|'));
  if (names.some(name => name === 'file' || name === 'path' || name === 'db')) return { kind: 'file' };
  if (names.includes('folder')) return { kind: 'folder' };
  if (names.includes('run') || names.includes('runs')) return { kind: 'run' };
  const words = written.split('|').filter(word => /^[a-z]+(?:-[a-z]+)*$/.test(word));
  return words.length > 0 ? { kind: 'words', words } : { kind: 'text' };
}
