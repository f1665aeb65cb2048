import { expect, test } from 'vitest';
import { inCommon } from '../../engine/run/in-common/in-common.ts';
import { Random } from '../crash/plan.ts';

/* Generated items with 200 fields. IN_COMMON_SEEDS=… tries more of them. */

const SEEDS = Number(process.env.IN_COMMON_SEEDS ?? 100);
const FIELDS = 200;
const ITEMS = 500;

type Item = Record<string, unknown>;

/** Fields of several kinds; a third of them follow another field. */
function items(random: () => number): Item[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const rows: Item[] = Array.from({ length: ITEMS }, () => ({}));
  for (let field = 0; field < FIELDS; field++) {
    const name = `f${field}`;
    const source = field > 3 && field % 3 === 0 ? `f${Math.floor(random() * field)}` : undefined;
    const size = 2 + Math.floor(random() * 12);
    for (const row of rows) {
      if (source !== undefined && random() < 0.7) row[name] = row[source];
      else if (field % 5 === 0) row[name] = Math.round(random() * 1_000) / 10;
      else if (field % 5 === 1) row[name] = pick(['red', 'green', 'blue', 'white', 'black'].slice(0, size));
      else if (field % 5 === 2) row[name] = random() < 0.1 ? null : Math.floor(random() * size);
      else if (field % 5 === 3) row[name] = random() < 0.5;
      else row[name] = 'x'.repeat(1 + Math.floor(random() * 20));
    }
  }
  return rows;
}

test(`a planted rule among ${FIELDS} fields, with 5 % noise, or a field that holds for the same items, is said first`, () => {
  let right = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chances = new Random(seed);
    const random = () => chances.next();
    const rows = items(random);
    const field = `f${1 + 5 * Math.floor(random() * 40)}`;
    // Dirt: a value that is missing in some.
    const dirty = new Set(rows.filter(() => random() < 0.08).slice(0, 40));
    for (const row of dirty) delete row[field];
    const isAtFault = (row: Item) => (random() < 0.05 ? !dirty.has(row) && random() < 0.1 : dirty.has(row));
    const atFault: Item[] = [];
    const rest: Item[] = [];
    for (const row of rows) (isAtFault(row) ? atFault : rest).push(row);
    const [first] = inCommon(atFault, rest);
    const named = [...(first?.features ?? []), ...(first?.alike ?? [])];
    if (named.some(({ path }) => path === field)) right += 1;
  }
  expect(right).toBeGreaterThanOrEqual(Math.ceil(SEEDS * 0.95));
}, 0);

test('where there is no rule, nothing is said', () => {
  let silent = 0;
  for (let seed = 1_001; seed <= 1_000 + SEEDS; seed++) {
    const chances = new Random(seed);
    const random = () => chances.next();
    const rows = items(random);
    const share = 0.02 + random() * 0.2;
    const atFault: Item[] = [];
    const rest: Item[] = [];
    for (const row of rows) (random() < share ? atFault : rest).push(row);
    if (inCommon(atFault, rest).length === 0) silent += 1;
  }
  expect(silent).toBeGreaterThanOrEqual(Math.ceil(SEEDS * 0.98));
}, 0);
