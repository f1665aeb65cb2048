/**
 * Six shelves of three boxes: some boxes are broken, which the shelves bear; in another batch what falls is not borne
 * inside. A file named `mended` beside it makes all well.
 */
export const SHELVES = `import { cronflow } from 'cronflow';
import { existsSync } from 'node:fs';
const isBroken = () => !existsSync(new URL('./mended', import.meta.url));
cronflow.define({ id: 'shelves', name: 'The store room' })
  .batch({ id: 'borne', title: 'Shelves' }, { items: [0, 1, 2, 3, 4, 5], size: 1 }, ([shelf = 0], flow) => {
    flow.batch({ id: 'boxes', title: 'Boxes', unit: ['box', 'boxes'] }, { items: [0, 1, 2].map(n => shelf * 10 + n), size: 1, tolerateFailures: 'all' }, ([box = 0], inner) => {
      inner.step('open', () => {
        if (isBroken() && box % 10 === 1 && shelf !== 4) throw new Error('It is broken');
        if (isBroken() && box === 42) throw new Error('It is locked');
        return box;
      });
    });
  })
  .batch('strict', { items: [0, 1, 2], size: 1, tolerateFailures: 'all' }, ([shelf = 0], flow) => {
    flow.forEach('each', [0, 1], (n, inner) => { inner.step('use', () => { if (isBroken() && shelf === 2) throw new Error('It fell'); return n; }); });
  });
`;
