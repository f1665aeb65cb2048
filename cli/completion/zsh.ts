import type { CompletedCommand, CompletedOption, Value } from './words.ts';

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef cronflow
# Completion of cronflow for Zsh.

_cronflow_runs() {
  local -a runs
  runs=(\${(f)"$(cronflow runs --limit 30 2>/dev/null | sed -nE 's/^ *([0-9]+) +(.*)/\\1:\\2/p')"})
  _describe -t runs run runs
}

_cronflow() {
  if ((CURRENT == 2)); then
    local -a commands
    commands=(
${commands.map(({ name, help }) => `      ${quoted(`${name}:${help}`)}`).join('\n')}
    )
    _describe -t commands command commands
    return
  fi
  local -a arguments
  case $words[2] in
${commands.map(commandCase).join('\n')}
  esac
  shift words
  ((CURRENT--))
  _arguments $arguments
}

if [[ $funcstack[1] == _cronflow ]]; then _cronflow "$@"; else compdef _cronflow cronflow; fi
`;
}

function commandCase({ name, options, operands }: CompletedCommand): string {
  const all = [...options.map(optionSpec), ...operands.map((operand, at) => `${at + 1}:${valueSpec(operand)}`)];
  return `    ${name})\n      arguments=(\n${all.map(spec => `        ${quoted(spec)}`).join('\n')}\n      ) ;;`;
}

/** `--workers[executes batches in so many processes]:value:(auto)`; `*`: it may be given again. */
function optionSpec({ name, help, value }: CompletedOption): string {
  const said = help === '' ? '' : `[${help.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  return `*--${name}${said}${value ? `:${valueSpec(value)}` : ''}`;
}

function valueSpec(value: Value): string {
  switch (value.kind) {
    case 'file':
      return 'file:_files';
    case 'folder':
      return 'folder:_files -/';
    case 'run':
      return 'run:_cronflow_runs';
    case 'words':
      return `value:(${value.words.join(' ')})`;
    case 'text':
      return 'value: ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
