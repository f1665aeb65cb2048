import { linesOf } from './lines.ts';

/** A module whose loading has stopped without an end; the message goes on after "a top-level await". */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
}

/**
 * Waits for a module to load, but not for ever: a top-level await may wait for something that never comes. Node
 * notices only when nothing is left to do, and then ends the whole process with code 13 and a line of ours.
 *
 * Two watches: nothing left to do (`beforeExit`), which is certain and at once; and a time limit, for a process that something
 * else keeps alive, such as a server or an interval of the user's.
 */
export async function settled<T>(loading: Promise<T>, timeoutMs: number): Promise<T> {
  const stuck = Promise.withResolvers<never>();
  const onIdle = () => stuck.reject(new UnsettledError('waits for something that never comes'));
  const onTimeout = () => stuck.reject(new UnsettledError(`is still waiting after ${timeoutMs / 1000} s`));
  process.once('beforeExit', onIdle);
  // The channel to the parent is always left to do. While it does not count, messages still arrive.
  process.channel?.unref();
  // Unreferenced, or the limit itself would be something left to do.
  const timer = setTimeout(onTimeout, timeoutMs).unref();
  try {
    return await Promise.race([loading, stuck.promise]);
  } finally {
    process.channel?.ref();
    clearTimeout(timer);
    process.off('beforeExit', onIdle);
  }
}

/** The line of the only top-level await that a text has; undefined when there are several or none at the start of a line. */
export function topLevelAwait(text: string): number | undefined {
  // Without a parser: code at the top level starts in column 1, as every formatter writes it.
  const found = linesOf(text).flatMap((line, index) =>
    /^(?:await\b|for await\b|(?:export\s+)?(?:const|let|var)\s[^=]*=\s*await\b|export default await\b)/.test(line)
      ? [index + 1]
      : [],
  );
  return found.length === 1 ? found[0] : undefined;
}
