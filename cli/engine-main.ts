import { commands } from './commands/list.ts';
import { fromCaller } from './caller-paths.ts';
import { EXIT_USAGE, reportProblem } from './follow-run.ts';
import { HELP, refusal, UsageError } from './usage.ts';
import { toDefect, toProblem } from '../engine/runner/problem.ts';
import { nearest } from '../engine/workflow/nearest.ts';

// A reader that has gone away (`cronflow runs | head -1`) is no reason to fail, and none to stop a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The command line: takes the arguments after `cronflow` and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (name === '' || name === 'help' || argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(HELP);
    return name === '' ? EXIT_USAGE : 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      const near = nearest(name, Object.keys(commands));
      throw new UsageError(
        `cronflow has no command ${JSON.stringify(name)}. ${near ? `Did you mean ${near}?` : `It has ${Object.keys(commands).join(', ')}.`} See cronflow --help.`,
      );
    }
    return await command(rest);
  } catch (error) {
    const refused = refusal(error);
    const problem =
      error instanceof UsageError
        ? error
        : refused === undefined
          ? (toProblem(error, []) ?? toDefect(error))
          : new UsageError(refused);
    return reportProblem({ name: problem.name, message: problem.message }, rest.includes('--json'), namedStore(rest));
  }
}

/** The store that was named: commands in messages name it again. */
function namedStore(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--store');
  const named = at >= 0 ? argv[at + 1] : argv.find(arg => arg.startsWith('--store='))?.slice('--store='.length);
  return named === undefined ? undefined : fromCaller(named);
}
