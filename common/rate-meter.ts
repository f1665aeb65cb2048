const WINDOW_MS = 10_000;

/** How fast a count grows, over the last ten seconds. */
export class RateMeter {
  #samples: { readonly at: number; readonly count: number }[] = [];

  /** Takes the count at a time (milliseconds) and gives its growth a second. */
  rate(count: number, at: number): number {
    this.#samples.push({ at, count });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    return !first || at === first.at ? 0 : ((count - first.count) / (at - first.at)) * 1000;
  }
}
