import type { WordMask } from './words.ts';

/*
 * What of an answer is written into a file: a list of what may be in it, which the compiler makes complete. What a later version
 * of the contract adds is in no file until it is named here.
 */

/** How the texts of a file are made out of those of the store. */
export interface Redaction {
  readonly hasValues: boolean;
  readonly words: WordMask;
  /** A number for each fingerprint: they have parts of messages in them. */
  readonly cause: (fingerprint: string) => string;
  /** A number for each name of a machine, in words. */
  readonly machine: (name: string) => string;
  /** A file as it is named in the workspace. */
  readonly file: (file: string) => string;
  /** A text with the names of folders taken out. */
  readonly withoutFolders: (text: string) => string;
}

type Leaf = (value: never, redaction: Redaction) => unknown;
type Keys<T> = T extends unknown ? keyof T : never;
type At<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
export type Shape<T> =
  | Leaf
  | (NonNullable<T> extends readonly (infer U)[]
      ? readonly [Shape<U>]
      : NonNullable<T> extends object
        ? { readonly [K in Keys<NonNullable<T>>]-?: Shape<At<NonNullable<T>, K>> }
        : never);

/** Numbers, names that the author gave in the code, and words of ours. */
export const keep = (value: unknown): unknown => value;
/** A sentence: words of the code, and dots. */
export const words = (text: string, { hasValues, words, withoutFolders }: Redaction): string =>
  hasValues ? withoutFolders(text) : words.text(text);
export const cause = (fingerprint: string, redaction: Redaction): string => redaction.cause(fingerprint);
export const file = (name: string, redaction: Redaction): string => redaction.file(name);
/** Only where a person has chosen to have values in the file. */
export const chosen = (value: unknown, { hasValues, withoutFolders }: Redaction): unknown => {
  if (!hasValues) return undefined;
  return typeof value === 'string' ? withoutFolders(value) : value;
};
/** The same of a list. */
export const chosenList = (value: unknown, { hasValues }: Redaction): unknown => (hasValues ? value : []);
/** A machine: told apart from others where its name is hidden. */
export const machine = (name: string, { hasValues, machine }: Redaction): string => (hasValues ? name : machine(name));
/** Never. */
export const never = (): undefined => undefined;
/** Of a value that is shown: what it is and how long. */
export const shownText = (json: string, { hasValues, words }: Redaction): string =>
  hasValues ? json : words.value(json);

/** The parts of an answer that may be in a file. */
export function shaped<T>(shape: Shape<T>, value: T, redaction: Redaction): T {
  return project(shape, value, redaction) as T;
}

function project(shape: unknown, value: unknown, redaction: Redaction): unknown {
  if (value === undefined || value === null) return value;
  if (typeof shape === 'function')
    return (shape as (value: unknown, redaction: Redaction) => unknown)(value, redaction);
  if (Array.isArray(shape)) return (value as unknown[]).map(part => project(shape[0], part, redaction));
  const parts = Object.entries(shape as object).flatMap(([key, part]: [string, unknown]) => {
    if (!Object.hasOwn(value, key)) return [];
    const projected = project(part, Reflect.get(value, key), redaction);
    return projected === undefined ? [] : [[key, projected] as const];
  });
  return Object.fromEntries(parts);
}
