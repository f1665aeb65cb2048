import type { EarlierAttempts } from '../../common/history.ts';
import { NEVER } from '../../common/history.ts';

/** An attempt that another one follows. Times are units of the history. */
export interface Span {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly status: number;
  readonly until: number;
  readonly cause?: number;
}

function begun({ start, end }: Pick<Span, 'start' | 'end'>): number {
  return start === NEVER ? end : start;
}

export function asEarlier(found: readonly Span[]): EarlierAttempts {
  // Stable: of those that began in one unit, what was read first comes first.
  const spans = found.toSorted((a, b) => begun(a) - begun(b));
  return {
    indices: Uint32Array.from(spans, ({ index }) => index),
    starts: Uint32Array.from(spans, ({ start }) => start),
    ends: Uint32Array.from(spans, ({ end }) => end),
    statuses: Uint8Array.from(spans, ({ status }) => status),
    until: Uint32Array.from(spans, ({ until }) => until),
    causes: Uint8Array.from(spans, ({ cause }) => cause ?? 0),
  };
}

/** Where each scope stands among those of its node. */
export class Places {
  readonly #known = new Map<number, number>();

  get size(): number {
    return this.#known.size;
  }

  of(scope: number): number {
    let place = this.#known.get(scope);
    if (place === undefined) this.#known.set(scope, (place = this.#known.size));
    return place;
  }
}
