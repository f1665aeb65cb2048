import { expect, test } from 'vitest';
import { stepAtLine } from '../../common/step-at-line.ts';

const CODE = `cronflow.define({ id: 'orders' })
  .batch('orders', { items }, (orders, flow) => {
    const rate = 2;
    flow.step('add', () => {
      return sum(orders);
    });
    const kept = rate;
    flow.step('keep', () => kept)
      .retry({ attempts: 2 });
  })
  .step('report', () => {
    write();
  });

function sum(orders) {
  return orders.length;
}`.split('\n');

const at = (line: number) => ({ file: 'orders.ts', line, column: 1 });
const NODES = [
  { path: 'orders', at: at(2) },
  { path: 'orders/add', at: at(4) },
  { path: 'orders/keep', at: at(8) },
  { path: 'report', at: at(11) },
];

test('a line belongs to the innermost step in whose definition it stands', () => {
  const told = CODE.map((_, index) => stepAtLine(NODES, CODE, index + 1));
  expect(told).toEqual([
    undefined,
    'orders',
    'orders',
    'orders/add',
    'orders/add',
    'orders/add',
    'orders',
    'orders/keep',
    'orders/keep',
    'orders',
    'report',
    'report',
    'report',
    'report',
    undefined,
    undefined,
    undefined,
  ]);
});
