import { parseArguments } from '../arguments.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completedCommands, type CompletedCommand } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { UsageError } from '../usage.ts';

const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Writes what a shell needs to complete `cronflow`. */
export async function completion(argv: readonly string[]): Promise<number> {
  const { operand } = parseArguments(argv, 'completion', 'a shell: bash, zsh or fish');
  const script = Object.hasOwn(SHELLS, operand) ? SHELLS[operand] : undefined;
  if (!script) throw new UsageError(`cronflow completion ${JSON.stringify(operand)}: the shell is bash, zsh or fish.`);
  process.stdout.write(script(completedCommands()));
  return 0;
}
