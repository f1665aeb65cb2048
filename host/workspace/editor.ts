import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import launchEditor from 'launch-editor';
import type { Result } from '../api/api.ts';
import { failed, succeeded } from '../api/outcomes.ts';

/** An editor that cannot be started fails at once. One that can runs for hours, so nobody waits for its end. */
const FAILS_WITHIN_MS = 500;
const GUESS_WITHIN_MS = 5_000;

const HOW_TO =
  'Set the environment variable CRONFLOW_EDITOR to the command that starts yours (such as code, idea or nvim-qt), ' +
  'then start Cronflow again.';

/** Editors that need a terminal, which the app does not have. */
const IN_TERMINAL =
  /^(?:.*[\\/])?(?:vim?|nvim|nano|pico|emacs|ed|micro|hx|helix|kak|joe|less|more|cat)(?:\.exe)?(?:\s|$)/;

/** Opens a file in the user's editor. The caller checks first that the page may open this file. */
export async function openInEditor(file: string, line = 1, column = 1): Promise<Result<'openInEditor'>> {
  const usual = process.env.VISUAL || process.env.EDITOR;
  const inWindow = usual !== undefined && !IN_TERMINAL.test(usual) ? usual : undefined;
  const editor = process.env.CRONFLOW_EDITOR || inWindow || (await runningEditor());
  if (!editor)
    return failed({
      name: 'EditorError',
      message: `${usual ? `The editor ${JSON.stringify(usual)} needs a terminal.` : 'No editor was found.'} ${HOW_TO}`,
    });
  const problem = await launch(`${file}:${line}:${column}`, editor);
  if (problem === undefined) return succeeded({});
  return failed({
    name: 'EditorError',
    message: `The editor ${JSON.stringify(editor)} could not be started${problem === '' ? '' : ` (${problem})`}. ${HOW_TO}`,
  });
}

function launch(place: string, editor: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(undefined), FAILS_WITHIN_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      resolve(why);
    };
    try {
      launchEditor(place, editor, (_file, message) => fail(message ?? ''));
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  });
}

/**
 * The editor that is open now. launch-editor lists all processes to find it, which takes a second on some systems and
 * blocks. It is therefore done in a process of its own.
 */
async function runningEditor(): Promise<string | undefined> {
  const guess = createRequire(import.meta.url).resolve('launch-editor/guess.js');
  const quote = createRequire(guess).resolve('shell-quote');
  // EDITOR and VISUAL have been considered before.
  const script =
    `delete process.env.EDITOR; delete process.env.VISUAL; const [editor] = require(${JSON.stringify(guess)})(); if ` +
    `(editor) process.stdout.write(require(${JSON.stringify(quote)}).quote([editor]))`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      timeout: GUESS_WITHIN_MS,
    });
    return stdout === '' ? undefined : stdout;
  } catch {
    // No editor that launch-editor knows is open.
    return undefined;
  }
}
