import { nativeModuleError } from '../engine/native-module.ts';
import type { Problem } from '../engine/runner/protocol.ts';
import { fromCaller } from './caller-paths.ts';
import { COMMAND_NAMES, COMMANDS } from './command-table.ts';
import { didYouMean } from './did-you-mean.ts';
import { EXIT_USAGE } from './exit-codes.ts';
import { commandHelp, helpText } from './help.ts';
import { packageVersion } from './package-root.ts';
import { hearOutputErrors, withOutputErrors } from './output-errors.ts';
import { reportProblem } from './report-problem.ts';
import { refusal, UsageError } from './usage.ts';

hearOutputErrors();

const HELP: ReadonlySet<string> = new Set(['help', '--help', '-h']);

/** The command line: takes the arguments after `cronflow` and returns the exit code. */
export async function main(argv: readonly string[], commands = COMMANDS): Promise<number> {
  // `cronflow help rerun` asks for what `cronflow rerun --help` does.
  const [name = '', ...rest] = HELP.has(argv[0] ?? '') && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === '' || name === 'help' || [name, ...rest].some(word => word === '--help' || word === '-h')) {
    process.stdout.write(entry ? commandHelp(entry) : helpText());
    return name === '' ? EXIT_USAGE : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  try {
    if (!entry)
      throw new UsageError(
        `cronflow has no command ${JSON.stringify(name)}. ${didYouMean(name, COMMAND_NAMES)} See cronflow --help.`,
      );
    const command = await entry.load();
    return await withOutputErrors(await command(rest));
  } catch (error) {
    return reportProblem(await problemOf(error), rest.includes('--json'), namedStore(rest));
  }
}

async function problemOf(error: unknown): Promise<Problem> {
  if (error instanceof UsageError) return { name: error.name, message: error.message };
  const refused = refusal(error);
  if (refused !== undefined) return { name: 'UsageError', message: refused };
  const native = nativeModuleError(error);
  // Without it, what tells other errors could not be loaded either.
  if (native !== undefined) return { name: native.name, message: native.message };
  const { toDefect, toProblem } = await import('../engine/runner/problem.ts');
  const { name, message, changed } = toProblem(error, []) ?? toDefect(error);
  return { name, message, changed };
}

/** The store that was named: commands in messages name it again. */
function namedStore(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--store');
  const named = at >= 0 ? argv[at + 1] : argv.find(arg => arg.startsWith('--store='))?.slice('--store='.length);
  return named === undefined ? undefined : fromCaller(named);
}
