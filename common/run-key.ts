const LONGEST_KEY = 500;

/** Why a value cannot be the key of a run, as the end of a sentence; undefined when it can. */
export function keyFault(key: unknown): string | undefined {
  if (typeof key !== 'string') return 'it is a text';
  if (key.trim() === '') return 'it is empty';
  if (key.length > LONGEST_KEY) return `it is longer than ${LONGEST_KEY} characters`;
  if (!key.isWellFormed() || key.includes('\0')) return 'it has half a character, or a NUL, in it';
  return undefined;
}
