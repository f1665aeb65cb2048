import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../../engine/store/project-store.ts';
import { temporaryFolder } from '../support/runs.ts';

function project(...made: string[]): { at: (name: string) => string } {
  const root = temporaryFolder();
  for (const name of made) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    if (name.endsWith('/')) mkdirSync(path.join(root, name), { recursive: true });
    else writeFileSync(path.join(root, name), '{}');
  }
  return { at: name => path.join(root, name) };
}

test('a folder without any sign of a project has its runs itself', () => {
  const { at } = project('flows/');
  expect(projectFolder(at('flows'))).toBe(at('flows'));
});

test('the folders of a package share the store of the nearest package.json', () => {
  const { at } = project('package.json', 'a/b/', 'inner/package.json', 'inner/flows/');
  expect([at('a/b'), at('a'), at('.'), at('inner/flows')].map(projectFolder)).toEqual([
    at('.'),
    at('.'),
    at('.'),
    at('inner'),
  ]);
});

test('runs that are there already are found: the nearest .cronflow upwards goes before any package.json', () => {
  const { at } = project('.cronflow/', 'a/package.json', 'a/flows/', 'old/.cronflow/', 'old/deep/');
  expect([at('a/flows'), at('old'), at('old/deep')].map(projectFolder)).toEqual([at('.'), at('old'), at('old')]);
});
