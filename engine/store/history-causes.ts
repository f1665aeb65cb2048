import { MessagePattern, patternText } from '../../common/message-pattern.ts';
import type { FailureCause } from './failure-cause.ts';
import { parseOptionalError } from './queries.ts';

/** Why attempts failed, the latest ones and those before. How many did at a moment is for the reader to count. */
export type PastCause = Omit<FailureCause, 'batches' | 'first' | 'pattern' | 'fields'> & Pick<FailureCause, 'pattern'>;

/** A byte holds a cause's place. */
const MOST_CAUSES = 254;

/** The causes of a run in the order in which they are met, each with what its messages have in common. */
export class PastCauses {
  readonly #places = new Map<string, number>();
  readonly #found: { readonly cause: Omit<PastCause, 'message' | 'pattern'>; readonly pattern: MessagePattern }[] = [];

  /** From 1; 0 for an error that only says that batches inside failed, 255 for one beyond the most that are listed. */
  place(node: number, path: string, json: string | null): number {
    const error = parseOptionalError(json);
    if (!error || error.name === 'BatchesFailed') return 0;
    const { fingerprint, name, explain, at, step, message } = error;
    const key = `${node} ${fingerprint}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = Math.min(this.#places.size, MOST_CAUSES) + 1;
      this.#places.set(key, place);
      if (place <= MOST_CAUSES)
        this.#found.push({
          cause: { node, path, fingerprint, name, explain, at, step },
          pattern: new MessagePattern(),
        });
    }
    this.#found[place - 1]?.pattern.add(message);
    return place;
  }

  list(): PastCause[] {
    return this.#found.map(({ cause, pattern }) => {
      const parts = pattern.parts();
      return { ...cause, pattern: parts, message: patternText(parts) };
    });
  }
}
