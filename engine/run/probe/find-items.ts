import type { StoredError } from '../../../common/stored-error.ts';
import type { Answer, Probe } from './answer.ts';
import { nothingFound, type SearchResult } from './search-result.ts';

export interface SearchOptions {
  /** Asked before each probe: whether the budget is used up, or the search is to stop. */
  readonly isOver?: (soFar: SearchResult) => boolean;
  readonly onProgress?: (soFar: SearchResult) => void;
  /** Items that the body has marked: they are at fault, and are left out of all probes. */
  readonly marked?: readonly number[];
  /** Probes an item that is known to be good, alone. Asked twice: what passes first and then not keeps something in its process. */
  readonly control?: () => Promise<Answer>;
  /** Probes it in a process that has executed nothing before. */
  readonly freshControl?: () => Promise<Answer>;
  /** A probe in a process that has executed nothing before: for the last word on what was found. */
  readonly fresh?: Probe;
}

/** Ends a search before its end: what was found so far stays. A probe may throw it, too. */
export class SearchStopped extends Error {
  override readonly name = 'SearchStopped';
}

/** Above this share at fault, one by one is cheaper than any group: (3 - √5) / 2. */
const DENSE = 0.38;
/** With a trusted suspect a finding costs 3 probes instead of 2 + 1 / share: it is cheaper up to here. */
const DENSE_GUIDED = 0.5;
/** More items that fail only together are taken for a limit on size. */
const MOST_TOGETHER = 8;

/**
 * Finds the items of a batch that make it fail, with few probes. An instrumented probe only suggests an item: a probe of it
 * alone decides. Where suggestions prove wrong more often than right, groups are halved; where each item of a failing group
 * passes alone, they fail together, or there are too many. The method and its costs are measured in test/run/probe.
 */
export async function findItems(items: number, probe: Probe, options: SearchOptions = {}): Promise<SearchResult> {
  const search = new Search(items, probe, options);
  await search.run();
  return search.found;
}

class Search {
  readonly found = nothingFound();
  readonly #count: number;
  readonly #probe: Probe;
  readonly #options: SearchOptions;
  /** Found, and no longer part of any group. */
  readonly #out: Set<number>;
  readonly #suspects = { right: 0, wrong: 0 };
  /** The last set that fails together, without its last item: with it, one more such item fails. */
  #primer: readonly number[] = [];

  constructor(count: number, probe: Probe, options: SearchOptions) {
    this.#count = count;
    this.#probe = probe;
    this.#options = options;
    this.#out = new Set(options.marked);
  }

  async run(): Promise<void> {
    const { fresh } = this.#options;
    try {
      await this.#untilAllPass();
      if (this.found.noise + this.found.flaky.size > 0) await this.#lastWord(this.#probe);
      if (fresh) {
        await this.#lastWord(fresh);
        await this.#passesIn(fresh);
      }
      if (this.found.stopsAtEffect) this.found.isComplete = false;
    } catch (error) {
      this.found.isComplete = false;
      if (!(error instanceof SearchStopped)) throw error;
    }
  }

  async #untilAllPass(): Promise<void> {
    let causeBefore: string | undefined;
    for (let rounds = 0; rounds <= 4 * this.#count; rounds++) {
      const left = this.#left();
      const size = this.found.limit?.items ?? left.length;
      let isClean = true;
      for (let from = 0; from < left.length; from += size) {
        const group = left.slice(from, from + size);
        const answer = await this.#ask(group, this.#probe, group.length > 1 && this.#trustsSuspects);
        if (answer.passed) continue;
        isClean = false;
        if (this.#isTooMuch(answer, group)) break;
        const before = this.#out.size;
        if (answer.error.fingerprint !== causeBefore) await this.#within(group, answer);
        if (this.#out.size > before) continue;
        causeBefore = await this.#onlyTogether(group, answer.suspect);
        if (this.found.limit !== undefined && size > this.found.limit.items) break;
      }
      if (!isClean) continue;
      this.found.isComplete = true;
      return;
    }
  }

  /** What passes here and fails in a fresh process lives on what earlier probes have left. */
  async #passesIn(fresh: Probe): Promise<void> {
    if (!this.found.isComplete || this.found.noise + this.found.flaky.size > 0) return;
    const left = this.#left();
    const size = this.found.limit?.items ?? left.length;
    for (let from = 0; from < left.length; from += size) {
      if ((await this.#ask(left.slice(from, from + size), fresh)).passed) continue;
      this.found.isComplete = false;
      this.found.keepsState = true;
      return;
    }
  }

  #left(): number[] {
    return Array.from({ length: this.#count }, (_, item) => item).filter(item => !this.#out.has(item));
  }

  /** Out of time or memory: nothing is learnt from it but that the group is too large. */
  #isTooMuch(answer: Answer, group: readonly number[]): boolean {
    if (answer.passed || answer.isExhausted !== true || group.length === 1) return false;
    this.found.limit = { items: group.length >> 1, error: answer.error };
    return true;
  }

  async #within(group: readonly number[], answer: Answer): Promise<void> {
    const [only] = group;
    if (group.length === 1 && only !== undefined) await this.#alone(only);
    else await this.#guided(group, answer);
  }

  /** Nothing was found in a group that fails: it is noise, or its items fail only together. Returns their cause. */
  async #onlyTogether(group: readonly number[], suspect: number | undefined): Promise<string | undefined> {
    const again = await this.#ask(group);
    if (again.passed) {
      this.found.noise++;
      return undefined;
    }
    if (group.length === 1 || !(await this.#together(group, again.error, suspect))) return undefined;
    return again.error.fingerprint;
  }

  get #trustsSuspects(): boolean {
    return this.#suspects.wrong <= this.#suspects.right + 1;
  }

  async #ask(items: readonly number[], through = this.#probe, instrumented = false): Promise<Answer> {
    this.#checkBudget();
    this.found.probes++;
    const answer = await through(items, instrumented);
    if (answer.passed && answer.needsEffect !== undefined) this.found.stopsAtEffect = true;
    this.#options.onProgress?.(this.found);
    return answer;
  }

  #checkBudget(): void {
    if (this.#options.isOver?.(this.found)) throw new SearchStopped();
  }

  /** Twice alone: at fault, flaky, or neither. */
  async #alone(item: number): Promise<boolean> {
    const first = await this.#ask([item]);
    if (first.passed) return false;
    if (this.found.atFault.size === 0) await this.#checkControl();
    const second = await this.#ask([item]);
    if (second.passed) this.found.flaky.set(item, first.error);
    else this.found.atFault.set(item, second.error);
    this.#out.add(item);
    return true;
  }

  /** @throws SearchStopped when an item that is known to be good does not pass alone, twice */
  async #checkControl(): Promise<void> {
    const { control, freshControl } = this.#options;
    if (!control) return;
    const passes = async (probe: () => Promise<Answer>): Promise<boolean> => {
      this.#checkBudget();
      this.found.probes++;
      return (await probe()).passed;
    };
    const first = await passes(control);
    if (first && (await passes(control))) return;
    // It may fail for what earlier probes have left, such as connections that are not closed.
    if (first || (freshControl && (await passes(freshControl)))) this.found.keepsState = true;
    else this.found.needsWholeBatch = true;
    throw new SearchStopped();
  }

  /** Follows the suspects of a failing group. What was read before one counts as passed until the last probe of all. */
  async #guided(group: readonly number[], failed: Answer): Promise<void> {
    let answer = failed;
    let left = group;
    let hits = 0;
    while (!answer.passed && this.#trustsSuspects) {
      const position = answer.suspect === undefined ? -1 : left.indexOf(answer.suspect);
      const suspect = left[position];
      if (suspect === undefined) break;
      if (await this.#alone(suspect)) {
        this.#suspects.right++;
        if (answer.member !== undefined) this.found.members.set(suspect, answer.member);
        hits++;
        left = left.slice(position + 1);
        for (let next = left[0]; next !== undefined && isDense(hits, group, left); next = left[0]) {
          if (await this.#alone(next)) hits++;
          left = left.slice(1);
        }
        if (left.length === 0) return;
        answer = await this.#ask(left, this.#probe, true);
        continue;
      }
      this.#suspects.wrong++;
      // Flaky, led astray, or broken by being watched?
      const again = await this.#ask(left);
      if (again.passed) {
        this.#suspects.wrong += 2;
        this.found.noise++;
        return;
      }
      if (!this.#trustsSuspects) break;
      answer = await this.#ask(left, this.#probe, true);
      if (!answer.passed && answer.suspect === suspect) break;
    }
    if (!answer.passed) await this.#split(left);
  }

  /**
   * Group testing of a group that fails. The size of the next group follows the share found so far; 1 is one by one.
   * @param company Items that are part of every probe: those that the others fail together with.
   */
  async #split(group: readonly number[], company: readonly number[] = []): Promise<void> {
    const isAccompanied = company.length > 0;
    const passes = async (items: readonly number[]): Promise<boolean> =>
      (await this.#ask(inOrder([...company, ...items]))).passed;
    let left = [...group];
    let settled = 0;
    let hits = 0;
    let isKnownToFail = !isAccompanied;
    while (left.length > 0) {
      let part = isKnownToFail || hits <= 1 ? left : left.slice(0, groupSize((hits + 0.5) / (settled + 2)));
      if (!isKnownToFail && (part.length > 1 || isAccompanied) && (await passes(part))) {
        left = left.slice(part.length);
        settled += part.length;
        continue;
      }
      isKnownToFail = false;
      const before = left.length;
      while (part.length > 1) {
        const half = part.slice(0, part.length >> 1);
        if (await passes(half)) {
          // It is settled, and the second half must fail.
          part = part.slice(half.length);
          left = left.slice(left.indexOf(part[0] ?? -1));
        } else part = half;
      }
      const [item = -1] = part;
      if (isAccompanied ? await this.#inCompany(item, company) : await this.#alone(item)) hits++;
      else if (isAccompanied) return;
      left = left.filter(other => other !== item);
      settled += before - left.length;
    }
  }

  /** Twice with those that it fails together with. */
  async #inCompany(item: number, company: readonly number[]): Promise<boolean> {
    const items = inOrder([...company, item]);
    const answer = await this.#ask(items);
    if (answer.passed || (await this.#ask(items)).passed) return false;
    this.found.together.push({ items, error: answer.error });
    this.#out.add(item);
    return true;
  }

  /**
   * A group fails and each of it passes alone. One after the other, the last item that it needs is found by halves:
   * |set| · (log2 n + 1) probes. Returns whether something was found.
   */
  async #together(group: readonly number[], error: StoredError, suspect: number | undefined): Promise<boolean> {
    const primer = this.#primer.every(item => group.includes(item)) ? [...this.#primer] : [];
    let needed = [...primer];
    let rest = group.filter(item => !primer.includes(item));
    for (;;) {
      const count = await this.#shortestFailing(needed, rest, needed.length === primer.length ? suspect : undefined);
      if (needed.length === 0 && (await this.#isLimit(rest, count, error))) return true;
      const last = rest[count - 1];
      if (last === undefined) break;
      needed.push(last);
      rest = rest.slice(0, count - 1);
      if (needed.length === 1) {
        if (await this.#alone(last)) return true;
      } else if (!(await this.#ask(inOrder(needed))).passed) break;
      if (needed.length >= MOST_TOGETHER + primer.length) {
        this.found.limit = { items: Math.max(1, Math.floor(0.7 * (needed.length + rest.length - 1))), error };
        return true;
      }
      if (rest.length === 0) {
        this.found.noise++;
        return false;
      }
    }
    if (primer.length > 0 && needed.length > primer.length + 1) {
      const without = needed.filter(item => !primer.includes(item));
      if (!(await this.#ask(inOrder(without))).passed) needed = without;
    }
    return await this.#confirmTogether(group, inOrder(needed), error, primer);
  }

  async #confirmTogether(
    group: readonly number[],
    items: readonly number[],
    error: StoredError,
    primer: readonly number[],
  ): Promise<boolean> {
    if ((await this.#ask(items)).passed) {
      this.found.noise++;
      return false;
    }
    this.found.together.push({ items, error });
    this.#out.add(items.at(-1) ?? -1);
    this.#primer = items.filter(item => !this.#out.has(item));
    if (primer.length > 0 && items.length === primer.length + 1)
      await this.#split(
        group.filter(item => !this.#out.has(item) && !this.#primer.includes(item)),
        this.#primer,
      );
    return true;
  }

  /** How many of `rest`, from its beginning, it takes until they fail with `needed`. All of them do. */
  async #shortestFailing(
    needed: readonly number[],
    rest: readonly number[],
    suspect: number | undefined,
  ): Promise<number> {
    let passing = 0;
    let failing = rest.length;
    const look = async (count: number): Promise<void> => {
      if ((await this.#ask(inOrder([...needed, ...rest.slice(0, count)]))).passed) passing = count;
      else failing = count;
    };
    // Where it failed is likely the last one that it needs.
    const guess = suspect !== undefined && failing > 8 ? rest.indexOf(suspect) : -1;
    if (guess >= 0 && guess < failing - 1) await look(guess + 1);
    if (guess > 0 && guess === failing - 1) await look(guess);
    while (failing - passing > 1) await look((passing + failing) >> 1);
    return failing;
  }

  /** As many others fail, too, and one fewer pass: it is their number, and not which they are. */
  async #isLimit(rest: readonly number[], count: number, error: StoredError): Promise<boolean> {
    const next = rest[count];
    const isKnown = this.found.together.some(set => set.error.fingerprint === error.fingerprint);
    if (count <= 2 || next === undefined || isKnown) return false;
    const fails = async (items: readonly number[]): Promise<boolean> => !(await this.#ask(items)).passed;
    // As many, without the one that seems to matter.
    const others = [...rest.slice(0, count - 1), next];
    const isLimit = (await fails(others)) && (await fails(rest.slice(-count))) && !(await fails(rest.slice(1 - count)));
    if (isLimit) this.found.limit = { items: count - 1, error };
    return isLimit;
  }

  /** Each finding once more, alone. What passes is flaky, or was of the probing process's own making. */
  async #lastWord(through: Probe): Promise<void> {
    const { found } = this;
    const passes = async (items: readonly number[], by = through): Promise<boolean> =>
      (await this.#ask(items, by)).passed;
    for (const [item, error] of [...found.atFault]) {
      if (!(await passes([item]))) continue;
      // It fails where others were probed before it, and only there.
      if (through !== this.#probe && !(await passes([item], this.#probe)) && (await passes([item])))
        found.keepsState = true;
      found.atFault.delete(item);
      found.flaky.set(item, error);
    }
    for (const set of [...found.together]) {
      if (!(await passes(set.items))) continue;
      found.together.splice(found.together.indexOf(set), 1);
      found.noise++;
    }
  }
}

/** Whether so many of a group are at fault that one by one is cheaper than to follow suspects. */
function isDense(hits: number, group: readonly number[], left: readonly number[]): boolean {
  return hits >= 4 && (hits + 0.5) / (group.length - left.length + 2) > DENSE_GUIDED;
}

/** @param share How many of the items are at fault, as far as is known. */
function groupSize(share: number): number {
  return share >= DENSE ? 1 : 2 ** Math.floor(Math.log2(0.69 / share));
}

function inOrder(items: readonly number[]): number[] {
  return items.toSorted((a, b) => a - b);
}
