import { mkdirSync } from 'node:fs';

import { expect, test } from 'vitest';

import { findEntry } from '../../engine/load/entry.ts';
import { LoadError } from '../../engine/load/load.ts';
import { shownPath } from '../../engine/paths.ts';
import { Project } from './project.ts';

function refusal(file: string): LoadError {
  try {
    findEntry(file);
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
}

test('a missing file: near names are suggested', () => {
  const project = new Project({ 'flows/import.ts': '', 'flows/imports.test.js': '', 'flows/import.md': '' });
  const shown = (name: string) => shownPath(project.path(name));
  const messageFor = (name: string) => refusal(project.path(name)).message;

  expect(refusal(project.path('flows/improt.ts'))).toMatchObject({
    kind: 'missing-file',
    file: project.path('flows/improt.ts'),
  });
  expect(messageFor('flows/improt.ts')).toBe(
    `There is no file ${shown('flows/improt.ts')}. Did you mean ${shown('flows/import.ts')}?`,
  );
  expect(messageFor('flows/Import.js')).toContain(`Did you mean ${shown('flows/import.ts')}?`);
  expect(messageFor('flows/import')).toContain(`Did you mean ${shown('flows/import.ts')}?`);
  expect(messageFor('flows/other.ts')).toContain(`Check the name: nothing in ${shown('flows')} is called like it.`);
  expect(messageFor('flow/import.ts')).toContain(`There is no folder ${shown('flow')} either: check the path.`);
  expect(messageFor('flows/import.ts/deeper.ts')).toContain(`There is no folder ${shown('flows/import.ts')} either`);
});

test('a path that no file system can have is refused as any other', () => {
  for (const path of ['with\0nul.ts', `${'long'.repeat(2000)}.ts`]) expect(refusal(path).kind).toBe('missing-file');
});

test('a folder: a file in it is named', () => {
  const project = new Project({ 'flows/import.ts': '', 'flows/a-note.md': '' });
  mkdirSync(project.path('empty.ts'));
  expect(refusal(project.path('flows'))).toMatchObject({
    kind: 'not-a-file',
    message: `${shownPath(project.path('flows'))} is a folder. Name the workflow file in it, such as ${shownPath(project.path('flows/import.ts'))}.`,
  });
  expect(refusal(project.path('empty.ts')).message).toContain(
    'is a folder. Name a workflow file; there is none in it.',
  );
});

test.skipIf(process.platform === 'win32')('a device', () => {
  // Reached under a name that looks right, as a device has none of the extensions.
  const project = new Project({});
  project.link('/dev/null', 'device.ts');
  expect(refusal(project.path('device.ts')).kind).toBe('not-a-file');
});

test.each([
  ['flow.py', '.py is not a type of file that Cronflow runs'],
  ['flow', 'its name has no extension'],
  ['flow.d.ts', 'it holds only types'],
  ['flow.json', '.json is not a type of file that Cronflow runs'],
])('a type that is not run: %s', (name, reason) => {
  const project = new Project({ [name]: '' });
  expect(refusal(project.path(name))).toMatchObject({
    kind: 'unsupported-type',
    message: `${shownPath(project.path(name))} can't be loaded as a workflow: ${reason}. Name a file that ends in .ts, .mts, .cts, .tsx, .js, .mjs or .cjs.`,
  });
});

test('a file reached through a link is known by its real path', () => {
  const project = new Project({ 'real/flow.ts': '' });
  project.link('real', 'link');
  expect(findEntry(project.path('link/flow.ts'))).toBe(project.path('real/flow.ts'));
});
