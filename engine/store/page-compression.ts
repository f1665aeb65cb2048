import { constants, deflateSync, inflateSync } from 'node:zlib';
import { UnreadableError } from './codec.ts';

/*
 * Items of one run are mostly alike: their text becomes a sixth, at 500 to 1,200 MB a second, which is quicker than to write it
 * (10,000 batches of bench/queue.ts: a store of 2.9 MB instead of 4.8). Random keys and texts become half, at 90 MB a second:
 * a stream of them took a fifth more of the processor. So a page is tried now and then, and the others are stored as it was.
 */

/** A shorter text is not worth it. */
const COMPRESSED_FROM = 8 * 1024;
const FAST = { level: constants.Z_BEST_SPEED };
/** A page is stored compressed that becomes at most so much of itself. */
const WORTH = 1 / 3;
/** How many pages are stored as they are after one that was not worth it. */
const PASSED_OVER = 31;
/** What `deflateSync` begins with at that level. No text of the codec does: JSON has no `x` in front. */
const COMPRESSED = Buffer.from([0x78, 0x01]);

export const DAMAGED_ITEMS = 'The items of some batches are not in the form in which they were written.';

/** Compresses the pages of a run where that is worth it. */
export class PageCompression {
  #passesOver = 0;

  stored(text: Buffer): Buffer {
    if (text.length < COMPRESSED_FROM || this.#passesOver-- > 0) return text;
    const compressed = deflateSync(text, FAST);
    const isWorthIt = compressed.length <= text.length * WORTH;
    this.#passesOver = isWorthIt ? 0 : PASSED_OVER;
    return isWorthIt ? compressed : text;
  }
}

/** @throws UnreadableError when it is not as it was written: what is compressed has a checksum */
export function uncompressed(stored: Buffer): Buffer {
  if (!stored.subarray(0, COMPRESSED.length).equals(COMPRESSED)) return stored;
  try {
    return inflateSync(stored);
  } catch (error) {
    throw new UnreadableError(DAMAGED_ITEMS, { cause: error });
  }
}
