import { describe, expect, test } from 'vitest';
import { parseFromRunner } from '../../engine/runner/parse.ts';

/* The author's code runs in the runner's process, and can send its parent whatever it likes. */

const counts = { total: 3, succeeded: 1, failed: 1, running: 1, waiting: 0, cancelled: 0, setAside: 0 };
const MESSAGES: Record<string, Record<string, unknown>> = {
  inspected: { graphs: [{ id: 'a' }], files: ['/a.ts'], code: 'c0de', also: 0 },
  started: { run: 1, uid: 'u', owner: 'o', demo: false, graph: { id: 'a' }, file: '/a.ts', report: undefined },
  progress: {
    counts: { items: counts, batches: counts, nodes: [{ path: 'a', items: counts, batches: counts, complete: false }] },
    steps: [{ path: 'a/b', running: 1, succeeded: 0, failed: 0 }],
  },
  batches: { changes: [{ node: 1, parent: 0, indices: new Uint32Array([0]), statuses: new Uint8Array([2]) }] },
  logs: { lines: [{ at: 1, level: 'info', text: 'said', step: 'a/b', batch: 0 }], dropped: 0 },
  ended: { summary: { run: 1, status: 'completed' }, isAll: true },
  refused: { problem: { name: 'LoadError', message: 'no', file: '/a.ts', line: 1 } },
};

/** The message with the value at one place of it put in: `counts.items.total`. */
function withValue(message: Record<string, unknown>, at: string, value: unknown): unknown {
  const copy = structuredClone(message);
  const keys = at.split('.');
  const last = keys.pop() ?? '';
  let inner: Record<string, unknown> = copy;
  for (const key of keys) inner = inner[key] as Record<string, unknown>;
  inner[last] = value;
  return copy;
}

describe('what a runner says', () => {
  test.each(Object.entries(MESSAGES))('%s is heard as it is', (type, fields) => {
    const message = { type, ...fields };
    expect(parseFromRunner(message)).toEqual(message);
  });

  test.each([
    ['inspected', 'graphs', { 0: {} }],
    ['inspected', 'graphs.0', null],
    ['inspected', 'files.0', 7],
    ['inspected', 'code', 7],
    ['inspected', 'also', '1'],
    ['started', 'run', 0],
    ['started', 'run', '1'],
    ['started', 'graph', 'a'],
    ['started', 'file', undefined],
    ['started', 'demo', 1],
    ['started', 'report', 'all'],
    ['progress', 'counts.items.total', Number.NaN],
    ['progress', 'counts.nodes.0.complete', 1],
    ['progress', 'counts.nodes.0.batches', null],
    ['progress', 'steps', undefined],
    ['progress', 'steps.0.path', 1],
    ['batches', 'changes.0.indices', [0]],
    ['batches', 'changes.0.statuses', new Uint32Array(1)],
    ['batches', 'changes.0.node', '1'],
    ['logs', 'lines.0.text', { toString: 'x' }],
    ['logs', 'lines.0.batch', '0'],
    ['logs', 'dropped', undefined],
    ['ended', 'summary', null],
    ['ended', 'summary.run', undefined],
    ['ended', 'summary.status', 3],
    ['ended', 'isAll', 'yes'],
    ['refused', 'problem.message', undefined],
    ['refused', 'problem.line', '1'],
    ['ended', 'type', 'toString'],
    ['ended', 'type', undefined],
  ] as const)('%s with another %s is not heard', (type, at, value) => {
    expect(parseFromRunner(withValue({ type, ...MESSAGES[type] }, at, value))).toBeUndefined();
  });

  test.each([undefined, null, 'started', 7, [], {}, { type: '__proto__' }])('%j is not heard', message => {
    expect(parseFromRunner(message)).toBeUndefined();
  });
});
