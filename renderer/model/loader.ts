/** What a panel knows about something it has requested from the host. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

export type Version = string | number | undefined;

/**
 * Loads one thing, and loads it again when there is a newer version of it. At most one request runs at a time: if
 * versions change faster than the host answers, the answers in between are still shown, and the latest version is
 * requested last. After `stop`, no answer is reported any more.
 */
export class Loader<T> {
  readonly #report: (loaded: Loaded<T>) => void;
  #request: (() => Promise<T>) | undefined;
  #version: Version;
  #isLoading = false;
  #isStopped = false;

  constructor(report: (loaded: Loaded<T>) => void) {
    this.#report = report;
  }

  /** Requests this version. Resolves when nothing newer is left to request. */
  async load(request: (() => Promise<T>) | undefined, version: Version): Promise<void> {
    this.#request = request;
    this.#version = version;
    if (this.#isLoading) return;
    this.#isLoading = true;
    let requested: Version;
    do {
      requested = this.#version;
      if (!this.#request) break;
      const answer = await this.#request().then(
        (value): Loaded<T> => ({ state: 'loaded', value }),
        (error: unknown): Loaded<T> => ({
          state: 'failed',
          message: error instanceof Error ? error.message : String(error),
        }),
      );
      if (!this.#isStopped) this.#report(answer);
    } while (!this.#isStopped && requested !== this.#version);
    this.#isLoading = false;
  }

  stop(): void {
    this.#isStopped = true;
  }
}
