import { describeValue } from '../../workflow/errors.ts';
import { clip, reasonOf } from '../error-reason.ts';

const LONGEST = 200;

/** What the author calls an item. Never throws: an error of the label itself must not hide that of the item. */
export function labelOf(label: ((item: unknown) => unknown) | undefined, item: unknown): string | undefined {
  if (!label) return undefined;
  try {
    return asLabel(label(item));
  } catch (error) {
    const { name, message } = reasonOf(error);
    return clip(`its label threw ${name}: ${message}`, LONGEST);
  }
}

function asLabel(text: unknown): string | undefined {
  // Whatever it comes to, nobody waits for it.
  if (text instanceof Promise) text.catch(() => undefined);
  if (typeof text === 'number') return String(text);
  if (typeof text === 'string') return text === '' ? undefined : clip(text, LONGEST);
  return clip(`its label returned ${describeValue(text)}, not a text`, LONGEST);
}
