import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '../../cli/command-table.ts';
import { commandHelp, helpText } from '../../cli/help.ts';
import { inProcess } from '../support/in-process.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const OF_ALL = ['--env-file', '--help', '--json', '--store', '--version'];
const OPTIONS = optionsIn(helpText()).filter(option => !OF_ALL.includes(option));

function optionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))].toSorted();
}

/** What the second column of the page's table says. */
function optionsOnPage(command: string): string[] {
  const rows = page.split('\n').flatMap(line => {
    const [, options = '', of = ''] = /^\| (`--[^|]*(?:\\\|[^|]*)*) \| ([^|]*) \|/.exec(line) ?? [];
    return of.includes(`\`${command}\``) ? optionsIn(options) : [];
  });
  return [...new Set(rows)].filter(option => !OF_ALL.includes(option)).toSorted();
}

/** Nothing is executed: what it does not know is told before. */
async function takes(command: string, option: string): Promise<boolean> {
  const { stderr } = await inProcess(command, `${option}=1`, '--no-such-option');
  return !stderr.includes(`has no option ${option}.`);
}

test('the page about the command line names all options that the help names, and no others', () => {
  expect(optionsIn(page)).toEqual(optionsIn(helpText()));
});

test('the page about the command line names all commands', () => {
  expect([...page.matchAll(/^\| `(\w+)(?: [[<].*?[\]>])?` \|/gm)].map(([, name]) => name)).toEqual(
    expect.arrayContaining([...COMMAND_NAMES]),
  );
});

test.each(COMMAND_NAMES)(
  '%s takes the options that its help and the page say it does, and no others',
  // Each command is loaded, with all that it needs.
  { timeout: 60_000 },
  async command => {
    const taken: string[] = [];
    for (const option of OPTIONS) if (await takes(command, option)) taken.push(option);
    const entry = COMMANDS[command];
    const helped = optionsIn(entry ? commandHelp(entry) : '').filter(option => !OF_ALL.includes(option));
    expect({ helped, onPage: optionsOnPage(command) }).toEqual({ helped: taken, onPage: taken });
  },
);

test.each(['rerun --help', 'rerun -h', 'help rerun', '--help rerun'])('%s shows that command alone', async typed => {
  const { code, stdout } = await inProcess(...typed.split(' '));
  expect(code).toBe(0);
  expect(stdout).toContain('cronflow rerun <run>');
  expect(stdout).not.toContain('cronflow resume');
});
