import { fisher } from './chance.ts';
import { columnsOf } from './columns.ts';
import { candidatesOf, type Candidate, type Feature } from './features.ts';

/*
 * What do the items at fault have in common that the others have not? Each path of the items gives candidates ("`country` has
 * nothing in it"). One is said when enough of the items at fault have it, few of the others do, and chance does not explain it, counted
 * over all candidates. It is never said to be the reason.
 */

/** What is said of the items at fault. */
export interface Statement {
  /** Of two, both hold. */
  readonly features: readonly Feature[];
  /** Others that hold for the same items. */
  readonly alike: readonly Feature[];
  /** How many of the items at fault have it. */
  readonly atFault: number;
  /** How many of the others that were looked at have it. */
  readonly others: number;
  /** The chance of it, were the items at fault picked at random. */
  readonly chance: number;
}

/** Of fewer items nothing is said. */
const FEWEST = 3;
const LIMITS = { paths: 200, depth: 4 };
/** Of the others so many are looked at. */
const SAMPLE = 5_000;
/** A statement holds for this share of the items at fault, and for two at least. */
const LEAST_SHARE = 0.2;
/** The risk of an item that has it is so many times that of one that has not. */
const LEAST_RATIO = 3;
/** How often anything may be said where there is nothing to say. */
const MOST_CHANCE = 0.05;
/** Features that hold for the same items, up to this (Jaccard), are one. */
const SAME = 0.95;
/** Where a single feature is as precise, no pair is looked for. */
const PRECISE = 0.8;
const MOST_STATEMENTS = 3;

interface Scored {
  readonly feature: Feature;
  readonly parts: readonly Feature[];
  /** Rows of the items that have it; those of the items at fault come first. */
  readonly rows: readonly number[];
  readonly atFault: number;
  readonly others: number;
  readonly ratio: number;
  readonly ochiai: number;
  readonly chance: number;
}

/**
 * @param rest Others, or a sample of them.
 * @param restInAll Of how many others `rest` is a sample.
 */
export function inCommon(atFault: readonly unknown[], rest: readonly unknown[], restInAll = rest.length): Statement[] {
  const count = atFault.length;
  if (count < FEWEST || rest.length === 0) return [];
  const others = rest.length > SAMPLE ? evenly(rest, SAMPLE) : rest;
  const items = [...atFault, ...others];
  const weight = restInAll / others.length;
  const singles = significant(items, count);
  const isPrecise = ({ atFault: a, others: c }: Scored) => a / (a + c * weight) >= PRECISE;
  const pairs = singles.some(isPrecise) ? [] : pairsOf(singles.slice(0, 3), items, count);
  const pool = [...singles, ...pairs].toSorted(byMerit);
  return covering(pool, items.length, count, Math.max(0, ...singles.map(({ chance }) => chance)));
}

/** The best statement, then the best for the items at fault that it leaves, and so on. */
function covering(pool: readonly Scored[], all: number, count: number, limit: number): Statement[] {
  const said: Statement[] = [];
  let left = new Set(Array.from({ length: count }, (_, row) => row));
  while (said.length < MOST_STATEMENTS && left.size >= 2) {
    const best = said.length === 0 ? pool[0] : bestForLeft(pool, left, all, count, limit);
    if (!best) break;
    const alike = pool.filter(other => other !== best && jaccard(other.rows, best.rows) >= SAME);
    said.push({
      features: best.parts,
      alike: alike.map(({ feature }) => feature),
      atFault: best.atFault,
      others: best.others,
      chance: best.chance,
    });
    left = left.difference(new Set(best.rows));
  }
  return said;
}

function bestForLeft(
  pool: readonly Scored[],
  left: ReadonlySet<number>,
  all: number,
  count: number,
  limit: number,
): Scored | undefined {
  const candidates = pool.flatMap(whole => {
    const rows = whole.rows.filter(row => row >= count || left.has(row));
    const scored = score(whole.feature, rows, { count, left: left.size, all: all - count + left.size });
    return scored.atFault >= supportOf(count) && scored.ratio >= LEAST_RATIO && scored.chance <= limit
      ? [{ whole, scored }]
      : [];
  });
  return candidates.toSorted((a, b) => byMerit(a.scored, b.scored))[0]?.whole;
}

/** What chance does not explain, the best first. The items at fault are the first ones. */
function significant(items: readonly unknown[], count: number): Scored[] {
  const support = supportOf(count);
  const candidates = columnsOf(items, LIMITS).flatMap(column => candidatesOf(column, support));
  const limit = MOST_CHANCE / numberOfTests(candidates, count, items.length);
  const found = new Map<string, Scored>();
  for (const candidate of candidates) {
    const loose = score(candidate, candidate.rows, { count, left: count, all: items.length });
    if (loose.atFault < support || loose.ratio < LEAST_RATIO || loose.chance > limit) continue;
    const scored = tightened(candidate, loose, items.length, count);
    found.set(scored.feature.words, scored);
  }
  return [...found.values()].toSorted(byMerit);
}

/** A range is judged where it was cut, and then said where the items at fault lie. */
function tightened(candidate: Candidate, loose: Scored, all: number, count: number): Scored {
  const tighter = candidate.tighter?.(count);
  return tighter ? { ...score(tighter, tighter.rows, { count, left: count, all }), chance: loose.chance } : loose;
}

/**
 * Over how many candidates chance is counted (Tarone): only those that could reach the limit at all, whatever fell where. Most of
 * thousands hold for too few items, or for nearly all.
 */
function numberOfTests(candidates: readonly Candidate[], count: number, all: number): number {
  const bestOf = new Map<number, number>();
  const best = candidates
    .map(({ rows: { length } }) => {
      const known = bestOf.get(length) ?? fisher(Math.min(count, length), length, count, all);
      bestOf.set(length, known);
      return known;
    })
    .toSorted((a, b) => a - b);
  let tests = 1;
  while (tests < best.length && (best[tests] ?? 1) <= MOST_CHANCE / tests) tests += 1;
  return tests;
}

/** Among the items that have one feature, what else do those at fault have? The same question once more. */
function pairsOf(singles: readonly Scored[], items: readonly unknown[], count: number): Scored[] {
  const pairs = singles.flatMap(single => {
    const rows = single.rows.toSorted((a, b) => a - b);
    const inside = significant(
      rows.map(row => items[row]),
      single.atFault,
    ).filter(({ feature }) => feature.path !== single.feature.path);
    return inside.slice(0, 3).map(other => {
      const parts = [single.feature, other.feature];
      const both: Feature = {
        path: parts.map(({ path }) => path).join(' + '),
        words: parts.map(({ words }) => words).join(' and '),
        rank: 9,
        test: item => parts.every(({ test }) => test(item)),
      };
      const bothRows = other.rows.map(row => rows[row] ?? 0);
      return { ...score(both, bothRows, { count, left: count, all: items.length }), parts };
    });
  });
  const names = pairs.map(({ parts }) => JSON.stringify(parts.map(({ words }) => words).toSorted()));
  return pairs.filter((_, index) => names.indexOf(names[index] ?? '') === index);
}

interface Population {
  /** How many items are at fault: the first rows. */
  readonly count: number;
  /** How many of them are counted. */
  readonly left: number;
  readonly all: number;
}

function score(feature: Feature, rows: readonly number[], { count, left, all }: Population): Scored {
  const atFault = rows.filter(row => row < count).length;
  const others = rows.length - atFault;
  const risk = (atFault + 0.5) / (rows.length + 1);
  const riskWithout = (left - atFault + 0.5) / (all - rows.length + 1);
  const ratio = risk / riskWithout;
  return {
    feature,
    parts: [feature],
    rows,
    atFault,
    others,
    ratio,
    ochiai: rows.length === 0 ? 0 : atFault / Math.sqrt(left * rows.length),
    chance: ratio > 1 ? fisher(atFault, rows.length, left, all) : 1,
  };
}

function supportOf(count: number): number {
  return Math.max(2, Math.ceil(count * LEAST_SHARE));
}

function byMerit(one: Scored, other: Scored): number {
  return (
    other.ochiai - one.ochiai ||
    one.feature.rank - other.feature.rank ||
    one.feature.path.length - other.feature.path.length
  );
}

function jaccard(one: readonly number[], other: readonly number[]): number {
  const set = new Set(one);
  const both = other.filter(row => set.has(row)).length;
  return both / (one.length + other.length - both);
}

function evenly<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)] as T);
}
