import { expect, test } from 'vitest';
import {
  hasBatches,
  hasResult,
  hasRounds,
  isContainer,
  isFork,
  isLeaf,
  isNodeKind,
  kindsThat,
  madeUpName,
  NODE_KINDS,
  partOf,
  titleWithoutName,
  type NodeKind,
} from '../../common/node-kinds.ts';
import { BATCH_KINDS_SQL, RESULT_KINDS_SQL } from '../../engine/store/kinds.ts';

const KINDS = Object.keys(NODE_KINDS) as NodeKind[];

test('every kind is exactly one of: a container, a fork, a leaf', () => {
  for (const kind of KINDS) expect([isContainer(kind), isFork(kind), isLeaf(kind)].filter(Boolean)).toHaveLength(1);
});

test('a kind that the table does not have is nothing at all, and no member of every object either', () => {
  for (const kind of ['condition', 'toString', '__proto__', ''])
    expect([isNodeKind(kind), hasBatches(kind), hasRounds(kind), hasResult(kind), isLeaf(kind)]).not.toContain(true);
});

test('what is repeated has a body, and only what has batches counts something', () => {
  for (const kind of KINDS) {
    const { holds, repeats, part } = NODE_KINDS[kind];
    expect(repeats !== undefined).toBe(holds === 'body');
    expect(part !== undefined).toBe(repeats === 'batches');
  }
});

test('the lists in SQL are those of the table', () => {
  expect(BATCH_KINDS_SQL).toBe("('batch', 'forEach')");
  expect(RESULT_KINDS_SQL).toBe(
    `(${kindsThat(info => info.hasResult)
      .map(kind => `'${kind}'`)
      .join(', ')})`,
  );
  expect(RESULT_KINDS_SQL).not.toContain('action');
});

test('a node that the author gave no name is called by what it does, and one with a name is not', () => {
  expect(titleWithoutName('sleep', madeUpName('sleep', 3))).toBe('Wait');
  expect(titleWithoutName('sleep', 'sleep-in')).toBeUndefined();
  expect(titleWithoutName('step', 'step-1')).toBeUndefined();
});

test('batches are counted in batches, those of a forEach in its items', () => {
  expect(partOf('batch', ['film', 'films'])).toEqual(['batch', 'batches']);
  expect(partOf('forEach', ['film', 'films'])).toEqual(['film', 'films']);
  expect(partOf('forEach')).toEqual(['item', 'items']);
});

test('every kind says in words what it does, whatever its settings hold', () => {
  for (const kind of KINDS) {
    expect(NODE_KINDS[kind].does({})).not.toBe('');
    expect(NODE_KINDS[kind].does({ ms: 'x', size: null, retry: 1, message: {}, reason: 4, timeout: [] })).not.toBe('');
  }
  expect(NODE_KINDS.step.does({ retry: { attempts: 3 }, timeout: 200 })).toBe('3 attempts · 200 ms at most');
  expect(NODE_KINDS.sleep.does({ ms: 1500 })).toBe('waits 1.5 s');
});
