/** So many characters of answers are kept. */
const MOST_CHARS = 16_000_000;

/** Texts that do not change any more, those that were asked for last. */
export class AnswerCache {
  /** The longest unused one first. */
  readonly #texts = new Map<string, string>();
  readonly #most: number;
  #chars = 0;

  constructor(most = MOST_CHARS) {
    this.#most = most;
  }

  get(key: string): string | undefined {
    const text = this.#texts.get(key);
    if (text === undefined) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    return text;
  }

  set(key: string, text: string): void {
    const chars = key.length + text.length;
    // It would put all others out.
    if (chars > this.#most / 4 || this.#texts.has(key)) return;
    this.#texts.set(key, text);
    this.#chars += chars;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#chars <= this.#most) return;
      this.#texts.delete(oldest);
      this.#chars -= oldest.length + length;
    }
  }

  get chars(): number {
    return this.#chars;
  }
}
