/** JSON has a number that JavaScript cannot hold exactly: parsing it would change it. */
export class InexactNumberError extends Error {
  override readonly name = 'InexactNumberError';
}

/** What JSON.parse tells a reviver beside the value: its text. TypeScript's library does not know it yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Stands in the place of a number that cannot be held. */
class Inexact {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/**
 * The value of a JSON text, if JavaScript can hold all of it.
 * @throws SyntaxError when it is not JSON
 * @throws InexactNumberError when a number would be another one
 */
export function parseExactJson(json: string): unknown {
  let isExact = true;
  const reviver: Reviver = (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || isHeld(value, source)) return value;
    isExact = false;
    return new Inexact(source);
  };
  const value: unknown = JSON.parse(json, reviver as (key: string, value: unknown) => unknown);
  if (isExact) return value;
  const { path, source } = firstInexact(value, '') ?? { path: '', source: '' };
  throw new InexactNumberError(
    `${path === '' ? 'It' : path.replace(/^\./, '')} is ${source.slice(0, 40)}, which is larger than a number can hold ` +
      `exactly. Write it as a text: "${source.slice(0, 40)}".`,
  );
}

/**
 * Whether a number is what its text says. Fractions are rounded as everywhere in JavaScript; whole numbers must be the
 * same.
 */
export function isHeld(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) || BigInt(source) === BigInt(value);
  return !source.includes('.') || /e/i.test(source) || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function firstInexact(value: unknown, path: string): { path: string; source: string } | undefined {
  if (value instanceof Inexact) return { path, source: value.source };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = firstInexact(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}
