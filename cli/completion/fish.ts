import { withValues, type CompletedCommand, type CompletedOption, type Value } from './words.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(command => [
    `complete -c cronflow -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.help)}`,
    ...command.options.map(option => optionLine(command, option)),
    ...operandLines(command),
  ]);
  return `# Completion of cronflow for Fish.

function __cronflow_runs
    cronflow runs --limit 30 2>/dev/null | string replace -rf '^ *(\\d+) +(.*)' '$1\\t$2'
end

# Whether so many words after the command are neither options nor their values.
function __cronflow_operands
    set -l words (commandline -opc)
    set -l operands 0
    for at in (seq 3 (count $words))
        string match -q -- '-*' $words[$at]; and continue
        set -l before (math $at - 1)
        switch "$words[2] $words[$before]"
            case ${commands
              .flatMap(withValues)
              .map(({ command, option }) => `'${command} --${option.name}'`)
              .join(' ')}
            case '*'
                set operands (math $operands + 1)
        end
    end
    test $operands = $argv[1]
end

complete -c cronflow -f
complete -c cronflow -n __fish_use_subcommand -l help -d 'shows all commands and options'
complete -c cronflow -n __fish_use_subcommand -l version -d 'shows the version'
${lines.join('\n')}
`;
}

function optionLine({ name: command }: CompletedCommand, { name, help, value }: CompletedOption): string {
  const said = help === '' ? '' : ` -d ${quoted(help)}`;
  return `complete -c cronflow -n '__fish_seen_subcommand_from ${command}' -l ${name}${said}${value ? optionValue(value) : ''}`;
}

/** One condition for each place: what `-F` and `-a` complete is added up. */
function operandLines({ name, operands }: CompletedCommand): string[] {
  return operands.flatMap((operand, at) => {
    const completed = valueText(operand);
    return completed === ''
      ? []
      : [`complete -c cronflow -n '__fish_seen_subcommand_from ${name}; and __cronflow_operands ${at}'${completed}`];
  });
}

/** `-x`: a value follows, and files are none. */
function optionValue(value: Value): string {
  return value.kind === 'file' ? ' -r -F' : ` -x${valueText(value)}`;
}

function valueText(value: Value): string {
  switch (value.kind) {
    case 'file':
      return ' -F';
    case 'folder':
      return ` -a '(__fish_complete_directories)'`;
    case 'run':
      return ` -a '(__cronflow_runs)'`;
    case 'words':
      return ` -a '${value.words.join(' ')}'`;
    case 'text':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
