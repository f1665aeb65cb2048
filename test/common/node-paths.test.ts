import { expect, test } from 'vitest';
import {
  conditionPath,
  idOf,
  isDirectlyInside,
  isInside,
  nodePath,
  outermost,
  parentPath,
  pathsAround,
  whileOfCondition,
} from '../../common/node-paths.ts';

test('an id with slashes and tildes stays one part of its path and comes back as it was', () => {
  for (const id of ['a', 'a/b', '~', '~1', 'a~/b', '/', '~0/1']) {
    const path = nodePath(nodePath('', 'outer'), id);
    expect(parentPath(path)).toBe('outer');
    expect(idOf(path)).toBe(id);
    expect(isDirectlyInside(path, 'outer')).toBe(true);
  }
});

test('a node is inside another only by whole parts of its path, and never inside itself', () => {
  expect(isInside('clean/trim', 'clean')).toBe(true);
  expect(isInside('clean/each/trim', 'clean')).toBe(true);
  expect(isInside('cleaner/trim', 'clean')).toBe(false);
  expect(isInside('clean', 'clean')).toBe(false);
  expect(isInside('clean', '')).toBe(true);
  expect(isInside('', '')).toBe(false);
  expect(isDirectlyInside('clean/each/trim', 'clean')).toBe(false);
  expect(isDirectlyInside('clean', '')).toBe(true);
});

test('the outermost nodes are those that stand in no other, in the order given', () => {
  const nodes = ['b/inner', 'a/x/y', 'b', 'a/x', 'bb'].map(path => ({ path }));
  expect(outermost(nodes).map(({ path }) => path)).toEqual(['b', 'a/x', 'bb']);
  expect(outermost([])).toEqual([]);
});

test('what a node stands in is told from the nearest out', () => {
  expect([...pathsAround('a/b/c')]).toEqual(['a/b', 'a']);
  expect([...pathsAround('a')]).toEqual([]);
});

test('the condition of a while is known by its path, and a step named "?" by itself is not one', () => {
  expect(whileOfCondition(conditionPath('poll'))).toBe('poll');
  expect(whileOfCondition('poll')).toBeUndefined();
  expect(whileOfCondition('?')).toBeUndefined();
});
