import { expect, test } from 'vitest';
import { stackParts } from '../../renderer/model/stack-frames.ts';

test('the lines of a stack lead to the author’s code, and those of libraries are told apart', () => {
  const stack = `TypeError: film.Title.trim is not a function
    and a message of two lines: at night (we sleep)
    at tidy (/home/ann/films/films.ts:66:31)
    at /home/ann/films/films.ts:64:12
    at async each (/home/ann/films/node_modules/p-map/index.js:10:2)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Promise.all (index 3)
    at async file:///home/ann/films/more.ts:3:1
    at run (C:\\films\\films.ts:7:9)
Caused by: Error: disk full
    at write (/home/ann/films/films.ts:3:60)`;
  expect(stackParts(stack)).toEqual([
    { kind: 'own', text: 'tidy', at: { file: '/home/ann/films/films.ts', line: 66, column: 31 } },
    { kind: 'own', text: '', at: { file: '/home/ann/films/films.ts', line: 64, column: 12 } },
    {
      kind: 'others',
      lines: [
        'at async each (/home/ann/films/node_modules/p-map/index.js:10:2)',
        'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
        'at async Promise.all (index 3)',
      ],
    },
    { kind: 'own', text: '', at: { file: '/home/ann/films/more.ts', line: 3, column: 1 } },
    { kind: 'own', text: 'run', at: { file: 'C:\\films\\films.ts', line: 7, column: 9 } },
    { kind: 'head', text: 'Caused by: Error: disk full' },
    { kind: 'own', text: 'write', at: { file: '/home/ann/films/films.ts', line: 3, column: 60 } },
  ]);
});

test('a stack that is no stack has no lines', () => {
  expect(stackParts('')).toEqual([]);
  expect(stackParts('it happened\nwhere I sat')).toEqual([]);
  const endless = `    at ${'a ('.repeat(20_000)}`;
  expect(stackParts(endless)).toEqual([{ kind: 'others', lines: [endless.trim()] }]);
});
