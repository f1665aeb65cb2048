import { refusal, UsageError } from './usage.ts';
import { safe } from '../common/safe-text.ts';
import { LinkError } from '../engine/inside-folder.ts';
import { toDefect } from '../engine/runner/problem.ts';
import { main as engineMain } from './engine-main.ts';
import { nearest } from '../engine/workflow/nearest.ts';

/*
 * The commands that bring up the app. The others are the engine's, which does not know that there is one; nothing of the app is
 * loaded for those.
 */
const APP_COMMANDS = ['studio', 'serve', 'new'] as const;

/** The command line: takes the arguments after `cronflow` and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [given = '', ...rest] = argv;
  const name = APP_COMMANDS.find(known => known === given);
  if (name === undefined || rest.includes('--help') || rest.includes('-h')) {
    const code = await engineMain(argv);
    // The engine has said that it knows no such command, and names its own.
    const near = code === 2 && /^\w/.test(given) ? nearest(given, APP_COMMANDS) : undefined;
    if (near !== undefined && name === undefined) process.stderr.write(`Did you mean cronflow ${near}?\n`);
    return code;
  }
  const { appCommands } = await import('./app-commands.ts');
  try {
    return await appCommands[name](rest);
  } catch (error) {
    const isToldAsItIs = error instanceof UsageError || error instanceof LinkError;
    const message = isToldAsItIs ? error.message : (refusal(error) ?? toDefect(error).message);
    process.stderr.write(`${safe(message)}\n`);
    return 2;
  }
}
