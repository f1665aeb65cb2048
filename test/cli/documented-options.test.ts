import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../cli/command-table.ts';
import { helpText } from '../../cli/help.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

function optionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))].toSorted();
}

test('the page about the command line names all options that the help names, and no others', () => {
  expect(optionsIn(page)).toEqual(optionsIn(helpText()));
});

test('the page about the command line names all commands', () => {
  expect([...page.matchAll(/^\| `(\w+)(?: [[<].*?[\]>])?` \|/gm)].map(([, name]) => name)).toEqual(
    expect.arrayContaining([...COMMAND_NAMES]),
  );
});
