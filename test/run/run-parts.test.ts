import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConcurrencyDial } from '../../engine/run/concurrency-dial.ts';
import { Numbering } from '../../engine/run/numbering.ts';

describe('numbers of nodes', () => {
  test('are one for each path, from 1, and the same after an interruption at any node', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'a/b', 'b/a', 'c/c')), fc.nat(20), (paths, at) => {
        const stored: { node: number; path: string }[] = [];
        const store = (node: number, path: string) => void stored.push({ node, path });
        const first = new Numbering(store);
        const before = paths.slice(0, at).map(path => first.node(path, 'step'));
        const second = new Numbering(store);
        second.restore([...stored], 0);
        const after = paths.slice(at).map(path => second.node(path, 'step'));
        const order = [...new Set(paths)];
        expect([...before, ...after]).toEqual(paths.map(path => order.indexOf(path) + 1));
        expect(stored).toEqual(order.map((path, index) => ({ node: index + 1, path })));
      }),
    );
  });

  test('are known only of nodes that have begun', () => {
    const numbering = new Numbering(() => undefined);
    expect(numbering.findNode('load')).toBeUndefined();
    const node = numbering.node('load', 'batch');
    expect(numbering.findNode('load')).toBe(node);
  });
});

test('numbers of scopes continue after the last one stored', () => {
  const numbering = new Numbering(() => undefined);
  expect([numbering.newScope(), numbering.newScope()]).toEqual([1, 2]);
  numbering.restore([], 41);
  expect(numbering.newScope()).toBe(42);
});

describe('the concurrency of a node', () => {
  test('can be changed while the run is running, and those who listen are called after the change', () => {
    const dial = new ConcurrencyDial();
    const seen: (number | undefined)[] = [];
    const stopListening = dial.onChange(() => seen.push(dial.of('load')));
    expect(dial.of('load')).toBeUndefined();
    dial.set('load', 3);
    dial.set('other', 9);
    stopListening();
    dial.set('load', 5);
    expect(seen).toEqual([3, 3]);
    expect(dial.of('load')).toBe(5);
  });
});
