import { withValues, type CompletedCommand, type Value } from './words.ts';

/** Where nothing is given, `-o default` completes the names of files. Works with the Bash 3.2 of macOS, too. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of cronflow for Bash.

_cronflow_words() { COMPREPLY=($(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")); }
_cronflow_folders() { COMPREPLY=($(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}")); }
_cronflow_runs() { _cronflow_words "$(cronflow runs --limit 30 2>/dev/null | sed -nE 's/^ *([0-9]+) .*/\\1/p')"; }

# Whether a value follows the option of the command.
_cronflow_takes_value() {
  case "$1" in
    ${commands
      .flatMap(withValues)
      .map(({ command, option }) => `'${command} --${option.name}'`)
      .join(' | ')}) return 0 ;;
  esac
  return 1
}

_cronflow() {
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _cronflow_words '${[...names, '--help', '--version'].join(' ')}'
    return
  fi
  local command=\${COMP_WORDS[1]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  if _cronflow_takes_value "$command $before"; then
    case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
    esac
    return
  fi
  if [[ \${COMP_WORDS[COMP_CWORD]} == -* ]]; then
    case $command in
${commands.map(({ name, options }) => `      ${name}) _cronflow_words '${options.map(option => `--${option.name}`).join(' ')}' ;;`).join('\n')}
    esac
    return
  fi
  # Words that are neither options nor their values say what the command is about.
  local at operands=0
  for ((at = 2; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == -* ]] || _cronflow_takes_value "$command \${COMP_WORDS[at - 1]}" || ((operands++))
  done
  case "$command $operands" in
${commands.flatMap(({ name, operands }) => operands.flatMap((operand, at) => caseOf(`${name} ${at}`, operand, '    '))).join('\n')}
  esac
}
complete -o default -F _cronflow cronflow
`;
}

function valueCases(command: CompletedCommand): string[] {
  return withValues(command).flatMap(({ option, value }) =>
    caseOf(`${command.name} --${option.name}`, value, '      '),
  );
}

function caseOf(pattern: string, value: Value, indent: string): string[] {
  const action = actionOf(value);
  return action === undefined ? [] : [`${indent}'${pattern}') ${action} ;;`];
}

function actionOf(value: Value): string | undefined {
  switch (value.kind) {
    case 'file':
    case 'text':
      return undefined;
    case 'folder':
      return '_cronflow_folders';
    case 'run':
      return '_cronflow_runs';
    case 'words':
      return `_cronflow_words '${value.words.join(' ')}'`;
  }
}
