import { isSecretName } from './values/secret-names.ts';

/** What stands in a test in place of a text whose name says that it is secret. */
const PLACEHOLDER = 'secret';

/** The value with other texts in place of those whose name says that they are secret; the same value if there are none. */
export function withoutSecretTexts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return kept(value, list, list.map(withoutSecretTexts), parts => parts);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  const own = entries.map(([, part]): unknown => part);
  const parts = entries.map(([key, part]: [string, unknown]) =>
    typeof part === 'string' && isSecretName(key) ? PLACEHOLDER : withoutSecretTexts(part),
  );
  return kept(value, own, parts, changed => Object.fromEntries(entries.map(([key], index) => [key, changed[index]])));
}

function kept(
  value: object,
  before: readonly unknown[],
  after: readonly unknown[],
  make: (parts: readonly unknown[]) => object,
): object {
  return after.every((part, index) => Object.is(part, before[index])) ? value : make(after);
}
